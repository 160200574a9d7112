// An issuer made of oidc-provider, with the JWT bearer grant (RFC 7523 §2.1) added where oidc-provider
// lets grants be added. Everything else is oidc-provider's own: discovery, keys, tokens and userinfo, client
// authentication, the client credentials grant, introspection and revocation.
//
// Reads from stdin one line of JSON: {"users": [{"userId", "keyId", "publicPem", "name"}], "clients": […]},
// the clients as their metadata (RFC 7591 §2).
// Prints `ready PORT` and serves on 127.0.0.1 until stdin ends.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

import { exportJWK, generateKeyPair, importSPKI, jwtVerify } from 'jose'
import { Provider, errors } from 'oidc-provider'

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
// oidc-provider answers no token request without a client, while this grant needs none (RFC 7521 §4.1):
// every request by this grant is made in the name of this one.
const CLIENT = { id: 'service-users', secret: randomBytes(32).toString('hex') }
const API = 'https://api.example.com'

const input = createInterface({ input: process.stdin })
input.on('close', () => process.exit(0))
const { value: line } = await input[Symbol.asyncIterator]().next()
const { users, clients } = JSON.parse(line)

const server = createServer()
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
const provider = await provide(`http://127.0.0.1:${port}`)
server.on('request', provider.callback())
process.stdout.write(`ready ${port}\n`)

async function provide(issuer) {
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        grant_types: [JWT_BEARER],
        redirect_uris: [],
        response_types: [],
      },
      ...clients.map((client) => ({
        ...client,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      })),
    ],
    claims: { openid: ['sub'], profile: ['name'] },
    scopes: ['openid', 'profile', 'deploy'],
    findAccount: (_context, id) => account(id),
    cookies: { keys: [randomBytes(32).toString('hex')] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      // RFC 8707: a token for this API is a JWT; one for nobody in particular is opaque.
      resourceIndicators: { getResourceServerInfo: (_context, resource) => api(resource) },
      revocation: { enabled: true },
    },
    jwks: { keys: [await signingKey()] },
    ttl: { AccessToken: 3600, ClientCredentials: 3600, Grant: 3600 },
  })
  provider.use(async (context, next) => {
    if (context.path === '/token' && (await beginning(context.req)).get('grant_type') === JWT_BEARER) {
      context.headers.authorization = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`
    }
    return next()
  })
  provider.registerGrantType(JWT_BEARER, await jwtBearer(provider), ['assertion', 'scope'])
  return provider
}

/** The members of a form as far as it has arrived, put back for whoever reads it. */
async function beginning(request) {
  if (request.readableLength === 0) await once(request, 'readable')
  const chunk = request.read()
  if (chunk) request.unshift(chunk)
  return new URLSearchParams(chunk?.toString())
}

function api(resource) {
  if (resource !== API) throw new errors.InvalidTarget()
  return { audience: API, scope: 'deploy', accessTokenFormat: 'jwt' }
}

async function signingKey() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig', kid: 'oidc-provider-1' }
}

function account(id) {
  const user = users.find((user) => user.userId === id)
  return user && { accountId: id, claims: () => ({ sub: id, name: user.name }) }
}

/** The grant's handler: verifies the assertion (RFC 7523 §3), then issues oidc-provider's own token. */
async function jwtBearer(provider) {
  const keys = new Map()
  for (const user of users) {
    keys.set(user.keyId, { userId: user.userId, key: await importSPKI(user.publicPem, 'RS256') })
  }
  return async (context) => {
    const userId = await userOf(provider, keys, context.oidc.params.assertion)
    const scope = context.oidc.params.scope ?? ''
    const grant = new provider.Grant({ clientId: context.oidc.client.clientId, accountId: userId })
    const token = new provider.AccessToken({ accountId: userId, client: context.oidc.client, gty: 'jwt_bearer', scope })
    // As oidc-provider has it: a token for userinfo has no audience and is opaque, one for an API is a JWT.
    if (scope.split(' ').includes('openid')) {
      grant.addOIDCScope(scope)
    } else {
      grant.addResourceScope(API, scope)
      token.resourceServer = new provider.ResourceServer(API, { ...api(API), scope })
    }
    token.grantId = await grant.save()
    context.oidc.entity('AccessToken', token)
    context.body = {
      access_token: await token.save(),
      expires_in: token.expiration,
      scope: scope || undefined,
      token_type: token.tokenType,
    }
  }
}

async function userOf(provider, keys, assertion) {
  const claims = await verified(provider, keys, assertion).catch((error) => {
    throw new errors.InvalidGrant(error.message)
  })
  // RFC 7523 §3, point 7: an assertion is good for one token.
  if (claims.jti && !(await provider.ReplayDetection.unique(claims.iss, claims.jti, claims.exp))) {
    throw new errors.InvalidGrant('the assertion was used before')
  }
  return claims.sub
}

async function verified(provider, keys, assertion) {
  let userId
  const keyOf = ({ kid }) => {
    const found = keys.get(kid)
    if (!found) throw new Error(`there is no key ${kid}`)
    userId = found.userId
    return found.key
  }
  const { payload } = await jwtVerify(assertion ?? '', keyOf, {
    algorithms: ['RS256'],
    audience: [provider.issuer, provider.urlFor('token')],
    clockTolerance: 10,
    maxTokenAge: '1h',
    requiredClaims: ['iss', 'sub', 'exp'],
  })
  if (payload.iss !== userId || payload.sub !== userId) throw new Error('the key is not of this user')
  return payload
}
