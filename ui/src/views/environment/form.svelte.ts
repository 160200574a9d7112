/** The environment editor's form: what was typed, what the core proposes for it, and the draft built from both. */
import { Asked } from '../../lib/asked.svelte';
import { ipc } from '../../lib/ipc';
import { ENDPOINTS, type EndpointName } from '../../lib/provider';
import type { Environment, EnvironmentDraft, EnvironmentId, EnvironmentProposal, NewEnvironment, ParameterView, ProgramApproval, ProposalRequest, ProviderFrom, ProviderView, ProviderId, Tier } from '../../lib/bindings';

export class EnvironmentForm {
  provider = $state<ProviderId>('');
  /** The tier as chosen; null while the proposed one is used, or it is asked where none is proposed. */
  chosenTier = $state<Tier | null>(null);
  /** What happens when a program asks for a token. */
  programs = $state<ProgramApproval>('ask');
  issuer = $state('');
  /** Where the provider comes from, and so whether the address may change it. */
  providerFrom = $state<ProviderFrom>('nothing');
  /** The name as typed; null while the proposed one is used. */
  typedName = $state<string | null>(null);
  endpoints = $state<Record<EndpointName, string>>({ token: '', userinfo: '', introspection: '', revocation: '', jwks: '' });
  /** What the provider's parameters are here, by name. */
  parameters = $state<Record<string, string>>({});
  audience = $state('');
  scopes = $state('');
  ca = $state('');
  /** The heading under which lists have it. */
  group = $state('');
  /** What tokens name as their issuer, where that isn't the usual. */
  expectedIssuer = $state('');
  /** Kept as they are: the command line changes them. */
  #tokenHosts: string[] = [];
  /** Hosts that were confirmed, and for whom: another issuer or provider may name others. */
  #confirmed = $state.raw<{ of: string; hosts: string[] }>({ of: '', hosts: [] });
  #id: EnvironmentId | null;
  #proposed = new Asked<EnvironmentProposal>();
  #following: Promise<void> = Promise.resolve();

  /** The host of the address; empty while none is typed. */
  host = $derived(this.#proposed.current?.name ?? '');
  name = $derived(this.typedName ?? this.host);
  tier = $derived<Tier | null>(this.chosenTier ?? this.#proposed.current?.tier ?? null);
  /** The address with plain http, where that may help. */
  plainHttp = $derived(this.#proposed.current?.plainHttp ?? null);
  /** The name of another environment with the same issuer, which is allowed but noted. */
  sameIssuer = $derived(this.#proposed.current?.sameIssuer ?? null);
  endpointsSet = $derived(ENDPOINTS.filter((each) => this.endpoints[each].trim()).length);

  constructor(environment: Environment | null) {
    this.#id = environment?.id ?? null;
    if (!environment) return;
    this.provider = environment.provider;
    this.chosenTier = environment.tier;
    this.providerFrom = 'user';
    this.programs = environment.programs;
    this.issuer = environment.issuer;
    this.typedName = environment.name;
    for (const each of ENDPOINTS) this.endpoints[each] = environment.endpoints[each] ?? '';
    this.audience = environment.audience.join('\n');
    this.scopes = environment.scopes.join('\n');
    this.ca = environment.caCertificate ?? '';
    this.expectedIssuer = environment.expectedIssuer ?? '';
    this.group = environment.group ?? '';
    this.#confirmed = { of: this.#whom(), hosts: [...environment.confirmedHosts] };
    this.#tokenHosts = [...environment.tokenHosts];
    this.parameters = { ...environment.parameters };
  }

  /** Starts from what key files name. */
  propose({ issuer, provider, providerFrom, tokenEndpoint }: NewEnvironment, providers: ProviderView[]): void {
    if (issuer) this.issuer = issuer;
    const found = providers.find((each) => each.id === provider);
    if (found) this.#take(found, null);
    this.providerFrom = providerFrom;
    this.endpoints.token = tokenEndpoint ?? '';
  }

  /** What the core is asked: everything that its proposal depends on. */
  get asks(): ProposalRequest {
    return { environment: this.#id, issuer: this.issuer, provider: this.provider || null, providerFrom: this.providerFrom };
  }

  /** Has the core propose what follows from the address. The last answer counts. */
  follow(providers: ProviderView[]): Promise<void> {
    this.#following = this.#follow(providers);
    return this.#following;
  }

  async #follow(providers: ProviderView[]): Promise<void> {
    const { asks } = this;
    const proposal = await this.#proposed.ask(() => ipc.proposeEnvironment(asks));
    const found = providers.find((each) => each.id === proposal?.provider);
    // What the user chose meanwhile stays.
    if (!found || found.id === this.provider || this.providerFrom !== asks.providerFrom) return;
    this.#take(found, providers.find((each) => each.id === this.provider) ?? null);
    // Its template may have brought another address.
    if (this.issuer !== asks.issuer) await this.#follow(providers);
  }

  /** Waits until what is proposed is that for the address as it is now. */
  async settled(): Promise<void> {
    let waited: Promise<void>;
    do {
      waited = this.#following;
      await waited;
    } while (waited !== this.#following);
  }

  /** The user chose a template. */
  choose(provider: ProviderView, before: ProviderView | null): void {
    this.#take(provider, before);
    this.providerFrom = 'user';
  }

  /** Starts from a template. An issuer that was typed stays; one that a template filled in goes. */
  #take(provider: ProviderView, before: ProviderView | null): void {
    this.provider = provider.id;
    const asked = provider.parameters.map((each) => each.name);
    // What another provider was told means nothing to this one, except under the same name.
    this.parameters = Object.fromEntries(Object.entries(this.parameters).filter(([name]) => asked.includes(name)));
    const untouched = !this.issuer.trim() || (before?.issuerIsFixed && this.issuer === before.issuerExample);
    if (untouched) this.issuer = provider.issuerIsFixed ? provider.issuerExample : '';
  }

  /** Whether a parameter lacks the value that it needs. */
  lacks(parameter: ParameterView): boolean {
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
      // Nothing is saved before it is chosen; a check doesn't depend on it.
      tier: this.tier ?? 'development',
      programs: this.programs,
      group: set(this.group),
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
      tokenHosts: [...this.#tokenHosts],
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

/** A list as people type it, by spaces and lines. The core splits scopes the same way. */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
