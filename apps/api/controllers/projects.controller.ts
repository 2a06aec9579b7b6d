import { Controller, Get, Param, Query } from '@nestjs/common'
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger'
import { SessionReader } from '#episodic-memory'
import { notFound } from '#kernel'
import { userFrom } from '../wire/aliases'
import { ProjectDto } from '../wire/answers'
import { NamePathDto, UserQueryDto } from '../wire/common.dto'
import { presentProject } from '../wire/presenters'

/** Projects, by name. */
@ApiTags('sessions')
@Controller('memory')
export class ProjectsController {
  constructor(private readonly sessions: SessionReader) {}

  @Get('projects/:name')
  @ApiOperation({ summary: 'Sum up one project' })
  @ApiOkResponse({ type: ProjectDto })
  project(@Param() path: NamePathDto, @Query() query: UserQueryDto): Promise<ProjectDto> {
    return this.find(path, query)
  }

  @Get('project/:name')
  @ApiOperation({ summary: 'Older name of /memory/projects/:name', deprecated: true })
  @ApiOkResponse({ type: ProjectDto })
  olderProject(@Param() path: NamePathDto, @Query() query: UserQueryDto): Promise<ProjectDto> {
    return this.find(path, query)
  }

  private async find({ name }: NamePathDto, query: UserQueryDto): Promise<ProjectDto> {
    const project = await this.sessions.project(userFrom(query), name)
    if (!project) throw notFound('That project')
    return presentProject(project)
  }
}
