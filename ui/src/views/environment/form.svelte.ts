/** The environment editor's form: what was typed, and the draft that it makes. */
import { ENDPOINTS, proposedProvider, type EndpointName, type Proposal } from '../../lib/provider';
import type { Environment, EnvironmentDraft, Parameter, Provider, ProviderId, Tier } from '../../lib/types';

export class EnvironmentForm {
  provider = $state<ProviderId>('');
  tier = $state<Tier>('development');
  issuer = $state('');
  /** The name as typed; null while the proposed one stands. */
  typedName = $state<string | null>(null);
  endpoints = $state<Record<EndpointName, string>>({ token: '', userinfo: '', introspection: '', revocation: '', jwks: '' });
  /** What the provider's parameters are here, by name. */
  parameters = $state<Record<string, string>>({});
  audience = $state('');
  scopes = $state('');
  ca = $state('');
  /** What tokens name as their issuer, where that isn't the usual. */
  expectedIssuer = $state('');
  /** Hosts that were confirmed, and for whom: another issuer or provider may name others. */
  #confirmed = $state.raw<{ of: string; hosts: string[] }>({ of: '', hosts: [] });

  name = $derived(this.typedName ?? hostOf(this.issuer));
  endpointsSet = $derived(ENDPOINTS.filter((each) => this.endpoints[each].trim()).length);

  constructor(environment: Environment | null) {
    if (!environment) return;
    this.provider = environment.provider;
    this.tier = environment.tier;
    this.issuer = environment.issuer;
    this.typedName = environment.name;
    for (const each of ENDPOINTS) this.endpoints[each] = environment.endpoints[each] ?? '';
    this.audience = environment.audience.join('\n');
    this.scopes = environment.scopes.join('\n');
    this.ca = environment.caCertificate ?? '';
    this.expectedIssuer = environment.expectedIssuer ?? '';
    this.#confirmed = { of: this.#whom(), hosts: [...environment.confirmedHosts] };
    this.parameters = { ...environment.parameters };
  }

  /** Starts from what a key file names. Its token endpoint is set by hand where no provider's is the same. */
  propose(proposal: Proposal, providers: Provider[]): void {
    const provider = proposedProvider(providers, proposal);
    if (proposal.issuer) this.issuer = proposal.issuer;
    if (provider) this.choose(provider, null);
    else this.endpoints.token = proposal.tokenEndpoint ?? '';
  }

  /** Starts from a template. An issuer that was typed stays; one that a template filled in goes. */
  choose(provider: Provider, before: Provider | null): void {
    this.provider = provider.id;
    const asked = provider.parameters.map((each) => each.name);
    // What another provider was told means nothing to this one, except under the same name.
    this.parameters = Object.fromEntries(Object.entries(this.parameters).filter(([name]) => asked.includes(name)));
    const untouched = !this.issuer.trim() || (before?.issuerIsFixed && this.issuer === before.issuerExample);
    if (untouched) this.issuer = provider.issuerIsFixed ? provider.issuerExample : '';
  }

  /** Whether a parameter lacks the value that it needs. */
  lacks(parameter: Parameter): boolean {
    return parameter.required && !this.parameters[parameter.name]?.trim();
  }

  get confirmedHosts(): string[] {
    return this.#confirmed.of === this.#whom() ? this.#confirmed.hosts : [];
  }

  confirmHost(host: string, yes: boolean): void {
    const others = this.confirmedHosts.filter((each) => each !== host);
    this.#confirmed = { of: this.#whom(), hosts: yes ? [...others, host] : others };
  }

  #whom(): string {
    return `${this.provider} ${this.issuer.trim().replace(/\/+$/, '')}`;
  }

  /** What is sent to the core. */
  draft(): EnvironmentDraft {
    const set = (text: string) => text.trim() || null;
    return {
      name: this.name.trim(),
      provider: this.provider,
      tier: this.tier,
      issuer: this.issuer.trim(),
      endpoints: {
        token: set(this.endpoints.token),
        userinfo: set(this.endpoints.userinfo),
        introspection: set(this.endpoints.introspection),
        revocation: set(this.endpoints.revocation),
        jwks: set(this.endpoints.jwks),
      },
      audience: wordsOf(this.audience),
      scopes: wordsOf(this.scopes),
      caCertificate: set(this.ca),
      expectedIssuer: set(this.expectedIssuer),
      confirmedHosts: [...this.confirmedHosts],
      parameters: Object.fromEntries(
        Object.entries(this.parameters).flatMap(([name, value]) => (value.trim() ? [[name, value.trim()]] : [])),
      ),
    };
  }

  /** What a check depends on; another text means that the last check speaks of other settings. */
  fingerprint(): string {
    const { provider, issuer, endpoints, caCertificate, parameters } = this.draft();
    return JSON.stringify([provider, issuer, endpoints, caCertificate, parameters]);
  }
}

/** The host of an issuer as far as it is typed; empty where there is none yet. */
export function hostOf(issuer: string): string {
  const typed = issuer.trim();
  if (!typed) return '';
  try {
    return new URL(typed.includes('://') ? typed : `https://${typed}`).host;
  } catch {
    return '';
  }
}

/** Whether two texts name the same issuer; a slash at the end makes no other. */
export function sameIssuer(one: string, other: string): boolean {
  const bare = (issuer: string) => issuer.trim().replace(/\/$/, '');
  return bare(one) === bare(other);
}

/** Splits a list as people type it: by spaces and lines. Neither scopes nor audiences hold spaces. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
