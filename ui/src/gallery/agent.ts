/** The invented core's programs: scenes `question`, `questions`, `programs`, `app-locked`, `not-served`. */
import type { Ipc } from '../lib/ipc';
import type { AgentChanged, AgentState, Grant, Program, Question } from '../lib/bindings';
import { from, problem } from './data';

const MINUTE = 60_000;
const QUESTIONS: Record<string, number> = { question: 1, questions: 3 };

const program = (pid: number, name: string, minutes: number): Program => ({
  pid,
  name,
  file: `/usr/bin/${name}`,
  folder: '/home/kim/shop/deploy',
  startedAt: from(-minutes * MINUTE),
});

const question = (i: number): Question => {
  const chain = [program(48_213 + i, 'mintage', 0), program(48_212 + i, 'git', 0), program(31_007, 'bash', 12), program(30_991, 'claude', 74), program(2210, 'zsh', 190), program(2190, 'kitty', 190)];
  return {
    id: `q${i}`,
    serviceUser: `user ${i}`,
    serviceUserName: i === 0 ? 'deploy-bot' : 'ci-runner',
    environmentName: i === 0 ? 'Acme production' : 'Acme staging',
    production: i === 0,
    scopes: ['openid', 'urn:zitadel:iam:org:project:id:zitadel:aud'],
    audience: [],
    reason: i === 0 ? 'push the release tag' : null,
    chain,
    holders: [
      { kind: 'command', program: chain[1]! },
      { kind: 'program', program: chain[3]! },
      { kind: 'terminal', program: chain[4]! },
    ],
    certain: true,
    endsAt: from(112_000),
    waiting: i === 0 ? 4 : 1,
  };
};

const grant = (i: number, name: string, count: number, approved: boolean): Grant => ({
  id: `g${i}`,
  holder: program(30_991 + i, name, 74),
  serviceUser: `user ${i}`,
  serviceUserName: ['deploy-bot', 'ci-runner', 'metrics-reader'][i % 3]!,
  environmentName: approved ? 'Staging' : 'Local',
  scopes: i === 1 ? [] : ['openid', 'profile'],
  audience: [],
  approved,
  grantedAt: from(-50 * MINUTE),
  lastUsed: from(-2 * MINUTE),
  endsAt: from(10 * MINUTE),
  count,
});

/** What a scene's core knows of programs. */
export function fakeAgent(scene: string): Partial<Ipc> {
  let state: AgentState = {
    serving: scene === 'not-served' ? { kind: 'failed', problem: problem('agent-unsafe', 'the folder `/run/user/1000/mintage` can be opened by others', 'Close it with `chmod 700`') } : { kind: 'running' },
    locked: scene === 'app-locked',
    questions: Array.from({ length: QUESTIONS[scene] ?? 0 }, (_, i) => question(i)),
    grants: scene === 'programs' ? [grant(0, 'claude', 312, true), grant(1, 'kubectl', 4, true), grant(2, 'make', 1, false)] : [],
  };
  let hear: (event: AgentChanged) => void = () => undefined;
  const set = async (next: Partial<AgentState>) => {
    state = { ...state, ...next };
    hear({ locked: state.locked });
    return null;
  };
  const without = (id: string) => set({ questions: state.questions.filter((each) => each.id !== id) });
  return {
    agentState: async () => state,
    allowRequest: (id) => without(id),
    denyRequest: (id) => without(id),
    revokeGrants: (id) => set({ grants: state.grants.filter((each) => id !== null && each.id !== id) }),
    lock: () => set({ locked: true, questions: [], grants: [] }),
    unlock: () => set({ locked: false }),
    personIsThere: async () => null,
    servePrograms: () => set({ serving: { kind: 'running' } }),
    elsewhere: async () => ({
      command: scene === 'not-served' ? null : '/usr/bin/mintage',
      snippets: [
        { tool: 'shell', text: 'TOKEN=$(mintage token deploy-bot -e \'Acme staging\')' },
        { tool: 'exec', text: "mintage exec deploy-bot -e 'Acme staging' --env-name ACCESS_TOKEN -- ./your-program" },
        { tool: 'curl', text: "mintage token deploy-bot -e 'Acme staging' --form header | curl -H @- https://api.acme.example" },
        { tool: 'git', text: "mintage setup git deploy-bot -e 'Acme staging' --host https://git.acme.example --write" },
        { tool: 'kubectl', text: `mintage setup kubectl deploy-bot -e 'Acme staging' --host "$(kubectl config view --minify -o jsonpath='{..context.cluster}')" --write` },
        { tool: 'docker', text: "mintage setup docker deploy-bot -e 'Acme staging' --host registry.acme.example --write" },
        { tool: 'headers', text: "mintage helper headers deploy-bot -e 'Acme staging' --url https://api.acme.example" },
        { tool: 'http', text: "mintage exec deploy-bot -e 'Acme staging' --env-name ACCESS_TOKEN -- code ." },
      ],
    }),
    onAgentChanged: async (listen) => {
      hear = listen;
      return () => undefined;
    },
  };
}
