/** What the core proposes for an address, as far as a scene or test needs it. */
import type { EnvironmentOverview, EnvironmentProposal, ProposalRequest, ProviderId, Tier } from '../lib/bindings';

const TIERS: Record<string, Tier> = { '127': 'development', dev: 'development', stg: 'staging' };

export function proposalOf({ environment, issuer, provider, providerFrom }: ProposalRequest, known: readonly EnvironmentOverview[]): EnvironmentProposal {
  const typed = issuer.trim();
  const address = typed.includes('://') ? typed : `https://${typed}`;
  const name = URL.canParse(address) ? new URL(address).host : '';
  const isLocal = name.startsWith('127.');
  const word = name.split(/[.-]/).find((each) => each in TIERS);
  const same = known.find((each) => each.environment.id !== environment && each.environment.issuer === typed.replace(/\/$/, ''));
  return {
    name,
    tier: word === undefined ? null : TIERS[word]!,
    provider: providerFor(provider ?? (providerFrom === 'nothing' ? 'zitadel-cloud' : null), isLocal && providerFrom !== 'user'),
    plainHttp: isLocal && !typed.startsWith('http:') ? address.replace('https:', 'http:') : null,
    sameIssuer: same?.environment.name ?? null,
  };
}

const providerFor = (present: ProviderId | null, isLocal: boolean): ProviderId | null => (isLocal && present === 'zitadel-cloud' ? 'zitadel' : present);
