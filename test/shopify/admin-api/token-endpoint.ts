import { getSessionClaims, type Credentials } from '../session-token.ts';
import type { Shop } from '../world/shops.ts';
import { OFFLINE_SECONDS, ONLINE_SECONDS, REFRESH_SECONDS, type AccessTokens, type Grant } from './access-tokens.ts';
import type { Answer } from './answer.ts';

const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ID_TOKEN = 'urn:ietf:params:oauth:token-type:id_token';
const OFFLINE = 'urn:shopify:params:oauth:token-type:offline-access-token';
const ONLINE = 'urn:shopify:params:oauth:token-type:online-access-token';

export interface TokenEndpoint {
  readonly credentials: Credentials;
  readonly tokens: AccessTokens;
  readonly scopes: (shop: Shop) => readonly string[];
  readonly now: () => Date;
}

const refuse = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});

const offlineBody = (grant: Grant): Record<string, unknown> => ({
  access_token: grant.accessToken,
  scope: grant.scopes.join(','),
  expires_in: OFFLINE_SECONDS,
  refresh_token: grant.refreshToken,
  refresh_token_expires_in: REFRESH_SECONDS,
});

function exchange(endpoint: TokenEndpoint, shop: Shop, body: Record<string, unknown>): Answer {
  const { tokens, credentials, scopes, now } = endpoint;
  if (body['subject_token_type'] !== ID_TOKEN) return refuse(400, 'invalid_request', 'subject_token_type');
  const claims = getSessionClaims(credentials, String(body['subject_token'] ?? ''), shop, now());
  const member = claims && shop.staff.find((candidate) => String(candidate.id) === claims.sub);
  if (!member) return refuse(400, 'invalid_subject_token', 'The session token is not valid for this shop and app');

  if (body['requested_token_type'] === OFFLINE) {
    // New apps must use expiring offline tokens (compulsory since 2026-04-01).
    if (body['expiring'] !== '1') return refuse(400, 'invalid_request', 'Offline tokens have to be expiring ones');
    return { status: 200, body: offlineBody(tokens.issueOffline(shop.domain, scopes(shop))) };
  }
  if (body['requested_token_type'] !== ONLINE) return refuse(400, 'invalid_request', 'requested_token_type');
  const grant = tokens.issueOnline(shop.domain, scopes(shop), member.id);
  return {
    status: 200,
    body: {
      access_token: grant.accessToken,
      scope: grant.scopes.join(','),
      expires_in: ONLINE_SECONDS,
      associated_user_scope: grant.scopes.join(','),
      associated_user: {
        id: member.id,
        first_name: member.firstName,
        last_name: member.lastName,
        email: member.email,
        email_verified: true,
        account_owner: member.accountOwner,
        locale: member.locale,
        collaborator: false,
      },
    },
  };
}

/** `POST /admin/oauth/access_token`: token exchange and refresh. Client credentials and code grants are refused. */
export function answerTokenRequest(endpoint: TokenEndpoint, shop: Shop, body: Record<string, unknown>): Answer {
  const { apiKey, apiSecret } = endpoint.credentials;
  if (body['client_id'] !== apiKey || body['client_secret'] !== apiSecret) {
    return refuse(401, 'invalid_client', 'Wrong client_id or client_secret');
  }
  if (!shop.installed) return refuse(400, 'app_not_installed', `The app is not installed on ${shop.domain}`);
  if (body['grant_type'] === TOKEN_EXCHANGE) return exchange(endpoint, shop, body);
  if (body['grant_type'] === 'refresh_token') {
    const grant = endpoint.tokens.refresh(shop.domain, String(body['refresh_token'] ?? ''));
    return grant
      ? { status: 200, body: offlineBody(grant) }
      : refuse(400, 'invalid_grant', 'This refresh token is unknown, expired or was used already');
  }
  return refuse(400, 'unsupported_grant_type', 'The stand-in knows token exchange and refresh_token');
}
