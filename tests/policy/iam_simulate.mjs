// Asks @cloud-copilot/iam-simulate (AGPL-3.0: run beside the tests, nothing of it is linked or copied) about cases.
// Cases come on stdin, one JSON object a line (tests/policy/draw.rs); answers go to stdout, a line each:
// {"answer": "allow" | "deny" | "error", "why": …}. The first argument is the folder where npm has installed it.
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const { runSimulation } = createRequire(process.argv[2] + '/')('@cloud-copilot/iam-simulate')
const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
const name = (policy, at) => ({ name: 'p' + at, policy })

function simulation(it) {
  const { policies } = it
  const request = { principal: it.session, action: it.action, resource: { resource: it.resource, accountId: it.owner }, contextVariables: it.keys }
  // An endpoint's policy is given as the resource policy of an account that is no party to the request: there it must
  // allow, and it alone. The program's own input for endpoint policies takes no principal but "*".
  if (policies.endpoint) {
    request.resource.accountId = '000000000001'
    return { request, identityPolicies: [name(EVERYTHING, 0)], serviceControlPolicies: [{ orgIdentifier: 'root', policies: [name(EVERYTHING, 0)] }], resourceControlPolicies: [], resourcePolicy: policies.endpoint }
  }
  const scps = policies.scps ?? [[EVERYTHING]]
  return {
    request,
    identityPolicies: (policies.identity ?? []).map(name),
    serviceControlPolicies: scps.map((level, at) => ({ orgIdentifier: 'level' + at, policies: level.map(name) })),
    resourceControlPolicies: (policies.rcps ?? []).map((level, at) => ({ orgIdentifier: 'level' + at, policies: level.map(name) })),
    resourcePolicy: policies.resource,
    sessionPolicy: policies.session,
    permissionBoundaryPolicies: policies.boundary ? [name(policies.boundary, 0)] : undefined,
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const result = await runSimulation(simulation(JSON.parse(line)), {})
  const answer = result.resultType === 'error' ? 'error' : result.overallResult === 'Allowed' ? 'allow' : 'deny'
  const ignored = result.result?.ignoredContextKeys ?? []
  console.log(JSON.stringify({ answer, why: result.resultType === 'error' ? result.errors : ignored }))
}
