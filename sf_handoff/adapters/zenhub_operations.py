"""What is asked of ZenHub. Each costs at most 200 points (a field one, below `nodes` as often as `first`).

https://developers.zenhub.com/graphql-api-docs/getting-started
"""

from __future__ import annotations

COLUMNS = """
query Columns($workspace: ID!, $first: Int!, $after: String) {
  workspace(id: $workspace) {
    pipelinesConnection(first: $first, after: $after) {
      nodes { id name } pageInfo { hasNextPage endCursor }
    }
  }
}"""

PRIORITIES = """
query Priorities($workspace: ID!, $first: Int!, $after: String) {
  workspace(id: $workspace) {
    prioritiesConnection(first: $first, after: $after) {
      nodes { id name } pageInfo { hasNextPage endCursor }
    }
  }
}"""

REPOSITORIES = """
query Repositories($workspace: ID!, $first: Int!, $after: String) {
  workspace(id: $workspace) {
    repositoriesConnection(first: $first, after: $after) {
      nodes { ghId } pageInfo { hasNextPage endCursor }
    }
  }
}"""

LOOK_UP = """
query LookUp($repository: Int!, $number: Int!, $workspace: ID!) {
  issueByInfo(repositoryGhId: $repository, issueNumber: $number) {
    id state estimate { value }
    pipelineIssue(workspaceId: $workspace) { pipeline { name } priority { name } }
  }
}"""

MOVE = """
mutation Move($input: MoveIssueInput!) { moveIssue(input: $input) { issue { id } } }"""

PRIORITISE = """
mutation Prioritise($input: SetIssueInfoPrioritiesInput!) {
  setIssueInfoPriorities(input: $input) { pipelineIssues { id } }
}"""

ESTIMATE = """
mutation Estimate($input: SetEstimateInput!) { setEstimate(input: $input) { issue { id } } }"""

# Of the operations that page: columns, priorities, repositories.
FIRST = 50
# Of `places`.
MOST_PLACES = 20


def places(count: int) -> str:
    """A query for the places of so many issues, which it answers as `i0`, `i1` …"""
    numbers = " ".join(f"$n{each}: Int!" for each in range(count))
    asked = "\n".join(
        f"  i{each}: issueByInfo(repositoryGhId: $repository, issueNumber: $n{each}) {{\n"
        "    estimate { value }\n"
        "    pipelineIssue(workspaceId: $workspace) { pipeline { name } priority { name } }\n"
        "  }"
        for each in range(count)
    )
    return f"query Places($repository: Int!, $workspace: ID! {numbers}) {{\n{asked}\n}}"
