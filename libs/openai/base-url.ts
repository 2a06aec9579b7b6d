import { BlockList, isIP } from 'node:net'

/** Every public host, in a list of allowed ones. */
export const PUBLIC = 'public'

/** Networks that are not the public internet: loopback, private, link-local, carrier's, translated, multicast, reserved. */
const NETWORKS = [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4',
  '::/96', '::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '100::/64', '2001::/23', '2002::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8',
]
/** One list a family: in a list of both, every IPv4 address is in ::ffff:0:0/96. */
const NOT_PUBLIC = { ipv4: new BlockList(), ipv6: new BlockList() }
for (const network of NETWORKS) {
  const [address, bits] = network.split('/') as [string, string]
  const family = address.includes(':') ? 'ipv6' : 'ipv4'
  NOT_PUBLIC[family].addSubnet(address, Number(bits), family)
}
const INNER_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|test|home\.arpa)$/

/** The root of an API as it is kept and compared: without a slash at its end. Of an address that parses. Pure. */
export function baseUrlOf(url: string): string {
  return new URL(url).href.replace(/\/+$/, '')
}

/**
 * Why nobody may have requests sent there, or undefined. Public hosts need https: whatever address their name leads to, only who holds their
 * certificate is told anything. Pure.
 * @param allowed hosts, with a port or for any; `public` stands for every public one. A host that is named may be private, and may do without https.
 */
export function baseUrlFault(url: string, allowed: readonly string[]): string | undefined {
  if (!URL.canParse(url)) return 'must be an address like https://api.example.com/v1'
  const { protocol, hostname, port, username, password, search, hash } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') return 'must begin with https:// or http://'
  if (username || password) return 'must hold no name or password; there is api_key'
  if (search || hash) return 'must end with its path'
  const host = hostname.replace(/\.$/, '')
  const full = `${host}:${port || (protocol === 'https:' ? 443 : 80)}`
  if (allowed.some((one) => one.toLowerCase() === host || one.toLowerCase() === full)) return undefined
  if (!allowed.includes(PUBLIC) || !isPublic(host)) return 'names a host that LLM_ALLOWED_HOSTS does not allow'
  return protocol === 'https:' ? undefined : 'must begin with https://, but for hosts that LLM_ALLOWED_HOSTS names'
}

function isPublic(host: string): boolean {
  const plain = host.replace(/^\[|\]$/g, '')
  const version = isIP(plain)
  if (version === 0) return plain.includes('.') && !INNER_NAMES.test(plain)
  const family = version === 6 ? 'ipv6' : 'ipv4'
  return !NOT_PUBLIC[family].check(plain, family)
}
