import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Detail } from '../src/lib/detail.svelte';
import { Failure, ipc, problemOf, replaceIpc } from '../src/lib/ipc';
import { Production } from '../src/lib/production.svelte';
import { Reviews } from '../src/lib/reviews.svelte';
import { ServiceUsers, searchText, sorted } from '../src/lib/serviceUsers.svelte';
import { Status } from '../src/lib/status.svelte';
import { Tokens } from '../src/lib/tokens.svelte';
import type { Ask, Copied, Review, ServiceUserDetail, ServiceUserRow } from '../src/lib/bindings';
import { problem, reviews as someReviews, serviceUsers, token } from '../src/gallery/data';

const ENVIRONMENT = { id: '00000000-0000-4000-8000-000000000003', name: 'Production' };

function rows(): ServiceUserRow[] {
  return serviceUsers(ENVIRONMENT.id, 0);
}

function refused(code: string): Failure {
  return new Failure(problem(code, `it is ${code}`, 'do something'));
}

/** A promise and what settles it, so that a test decides which reply comes first. */
function later<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

beforeEach(() => replaceIpc({}));

describe('what was thrown becomes a problem', () => {
  it('keeps a problem of the core', () => expect(problemOf(refused('gone')).code).toBe('gone'));
  it('keeps a problem that arrives bare', () => expect(problemOf(problem('gone', 'm', 'h')).code).toBe('gone'));
  it.each([['command mint not allowed', 'command mint not allowed'], [new TypeError('invalid args'), 'invalid args']])(
    'explains a failure of the framework: %s',
    (thrown, detail) => {
      const found = problemOf(thrown);
      expect(found.code).toBe('app-failed');
      expect(found.details).toEqual([detail]);
      expect(found.report).toContain(detail);
    },
  );
  it('says so where a test has no fake', () => expect(ipc.environments()).rejects.toBeInstanceOf(Failure));
});

describe('the list of service users', () => {
  it.each([
    ['deploy', ['deploy-bot']],
    ['DEPLOY', ['deploy-bot']],
    ['report night', ['nightly-report']],
    ['nothing like it', []],
  ])('finds %j', (query, expected) => expect(searchText(rows()).matching(query).map((row) => row.name)).toEqual(expected));

  it('finds by user id, key id and tag', () => {
    const [first] = rows();
    expect(searchText(rows()).matching(first!.userId)).toHaveLength(1);
    expect(searchText(rows()).matching(first!.keyId!)).toHaveLength(1);
    expect(searchText(rows()).matching('ci').length).toBeGreaterThan(0);
  });

  it('finds by the environment where all are listed, together with other words', () => {
    const home = () => 'acme\nproduction';
    expect(searchText(rows(), home).matching('production')).toHaveLength(rows().length);
    expect(searchText(rows(), home).matching('acme deploy').map((row) => row.name)).toEqual(['deploy-bot']);
    expect(searchText(rows()).matching('production')).toHaveLength(0);
  });

  it.each([
    ['name', ['billing-sync', 'deploy-bot', 'audit-export']],
    ['lastUsed', ['deploy-bot', 'billing-sync', 'backup-runner']],
    ['keyExpiry', ['billing-sync', 'deploy-bot', 'data-bridge']],
  ] as const)('sorts by %s, favourites first', (sort, expected) => {
    expect(sorted(rows(), sort).slice(0, 3).map((row) => row.name)).toEqual(expected);
  });

  it('keeps the last load, however the replies come in', async () => {
    const slow = later<ServiceUserRow[]>();
    const fast = later<ServiceUserRow[]>();
    replaceIpc({ serviceUsers: (of) => (of === 'slow' ? slow.promise : fast.promise) });
    const users = new ServiceUsers();
    const loads = [users.load('slow'), users.load('fast')];
    fast.resolve(rows().slice(0, 1));
    slow.resolve(rows());
    await Promise.all(loads);
    expect(users.of).toBe('fast');
    expect(users.rows).toHaveLength(1);
  });

  it('takes a favourite back if it could not be saved', async () => {
    replaceIpc({ serviceUsers: async () => rows(), editServiceUser: () => Promise.reject(refused('catalog-failed')) });
    const users = new ServiceUsers();
    await users.load(null);
    const last = users.rows.at(-1)!;
    const found = await users.toggleFavourite(last);
    expect(found?.code).toBe('catalog-failed');
    expect(users.row(last.id)?.favourite).toBe(false);
  });
});

describe('an edit that met another one', () => {
  it('is explained, and what is stored by now is shown', async () => {
    let [serviceUser] = rows();
    const editServiceUser = vi.fn(() => Promise.reject(refused('edited-meanwhile')));
    replaceIpc({ editServiceUser, serviceUser: async () => ({ serviceUser }) as unknown as ServiceUserDetail });
    const detail = new Detail();
    await detail.open(serviceUser!.id);
    const { name, scopes, favourite, tags, notes } = serviceUser!;
    serviceUser = { ...serviceUser!, scopes: ['changed'] };
    expect(await detail.edit({ scopes: ['mine'] })).toBe(false);
    const opened = { name, scopes, favourite, tags, notes };
    expect(editServiceUser).toHaveBeenCalledWith(serviceUser.id, opened, { ...opened, scopes: ['mine'] });
    expect([detail.problem?.code, detail.data?.serviceUser.scopes]).toEqual(['edited-meanwhile', ['changed']]);
  });
});

describe('production is confirmed once', () => {
  const unconfirmed = () => Promise.reject(refused('production-unconfirmed'));

  it('asks, confirms and runs the action again', async () => {
    const confirm = vi.fn(async () => null);
    replaceIpc({ confirmProduction: confirm });
    const production = new Production();
    const action = vi.fn<() => Promise<string>>().mockImplementationOnce(unconfirmed).mockResolvedValue('minted');
    const guarded = production.guard(ENVIRONMENT, action);
    await vi.waitFor(() => expect(production.question?.environment.name).toBe('Production'));
    production.question?.answer(true);
    await expect(guarded).resolves.toBe('minted');
    expect(confirm).toHaveBeenCalledExactlyOnceWith(ENVIRONMENT.id);
    expect(production.question).toBeNull();
  });

  it('does nothing after a no', async () => {
    const confirm = vi.fn(async () => null);
    replaceIpc({ confirmProduction: confirm });
    const production = new Production();
    const guarded = production.guard(ENVIRONMENT, unconfirmed);
    await vi.waitFor(() => expect(production.question).not.toBeNull());
    production.question?.answer(false);
    await expect(guarded).resolves.toBeNull();
    expect(confirm).not.toHaveBeenCalled();
  });

  it('lets every other failure through', async () => {
    const production = new Production();
    await expect(production.guard(ENVIRONMENT, () => Promise.reject(refused('refused')))).rejects.toBeInstanceOf(Failure);
  });
});

describe('tokens', () => {
  const subject = { id: 'u1', environment: ENVIRONMENT };
  const copied: Copied = { environment: 'Production', tier: 'production', serviceUser: 'deploy-bot', form: 'curl', token: token(['openid']), clearsAfter: 10, overtaken: false };

  function made() {
    const status = new Status();
    const settled = vi.fn();
    return { tokens: new Tokens(new Production(), status, settled), status, settled };
  }

  it('confirms what was copied', async () => {
    replaceIpc({ copyToken: async () => copied });
    const { tokens, status, settled } = made();
    await tokens.copy(subject, 'curl');
    expect(status.message).toMatchObject({ kind: 'copied', copied });
    expect(settled).toHaveBeenCalledWith('u1', copied.token);
    status.dismiss();
  });

  it('says that the clipboard keeps what was copied while the token was minted', async () => {
    replaceIpc({ copyToken: async () => ({ ...copied, overtaken: true }) });
    const { tokens, status, settled } = made();
    await tokens.copy(subject, 'token');
    expect(status.message).toMatchObject({ kind: 'text', text: 'Minted a token for deploy-bot. The clipboard keeps what you copied meanwhile' });
    expect(settled).toHaveBeenCalledWith('u1', copied.token);
    status.dismiss();
  });

  it('remembers what failed and does the same again, asked differently', async () => {
    const copyToken = vi.fn<(id: string, form: string, ask: Ask) => Promise<Copied>>().mockRejectedValueOnce(refused('refused')).mockResolvedValue(copied);
    replaceIpc({ copyToken });
    const { tokens, status } = made();
    await tokens.copy(subject, 'curl', { fresh: true });
    expect(tokens.problem('u1')?.code).toBe('refused');
    await tokens.again('u1', { useServerTime: true });
    expect(copyToken).toHaveBeenLastCalledWith('u1', 'curl', { fresh: true, useServerTime: true });
    expect(tokens.problem('u1')).toBeNull();
    status.dismiss();
  });

  it('says what the clipboard still holds where a later copy failed', async () => {
    const copyToken = vi.fn<(id: string) => Promise<Copied>>().mockRejectedValueOnce(refused('refused')).mockResolvedValueOnce(copied).mockRejectedValue(refused('refused'));
    replaceIpc({ copyToken, mint: () => Promise.reject(refused('refused')) });
    const { tokens, status } = made();
    await tokens.copy({ ...subject, id: 'u2' }, 'token');
    expect(status.message).toBeNull();
    await tokens.copy(subject, 'curl');
    await tokens.mint({ ...subject, id: 'u2' });
    expect(status.message?.kind).toBe('copied');
    await tokens.copy({ ...subject, id: 'u2' }, 'token');
    expect(status.message).toMatchObject({ kind: 'text', failed: true });
    expect(status.message?.kind === 'text' && status.message.text).toContain('still holds the token for deploy-bot (Production)');
    status.dismiss();
  });

  it('runs one action at a time for one service user', async () => {
    const reply = later<ReturnType<typeof token>>();
    const mint = vi.fn(() => reply.promise);
    replaceIpc({ mint });
    const { tokens } = made();
    const first = tokens.mint(subject);
    expect(tokens.busy('u1')).toBe('mint');
    await expect(tokens.mint(subject)).resolves.toBeNull();
    reply.resolve(token([]));
    await first;
    expect(mint).toHaveBeenCalledOnce();
    expect(tokens.busy('u1')).toBeNull();
  });

  it('stops waiting where the user does not like to, and that is no failure', async () => {
    let end: () => void = () => undefined;
    const stopWaiting = vi.fn(async () => (end(), null));
    replaceIpc({ mint: () => new Promise((_, reject) => (end = () => reject(refused('stopped')))), stopWaiting });
    const { tokens, settled } = made();
    const minting = tokens.mint(subject);
    await tokens.stop('u1');
    expect([await minting, tokens.problem('u1'), tokens.busy('u1')]).toEqual([null, null, null]);
    expect(stopWaiting).toHaveBeenCalledWith('u1');
    expect(settled).not.toHaveBeenCalled();
  });
});

describe('a revealed token hides itself', () => {
  it.each([
    ['after 15 s', () => vi.advanceTimersByTime(15_000)],
    ['when told to', (detail: Detail) => detail.hide()],
    ['when another service user is opened', (detail: Detail) => void detail.open('u2')],
  ])('%s', async (_, hide) => {
    vi.useFakeTimers();
    try {
      replaceIpc({ revealToken: async () => 'eyJ.token' });
      const detail = new Detail();
      await detail.open('u1');
      await detail.reveal();
      expect(detail.revealed?.token).toBe('eyJ.token');
      hide(detail);
      expect(detail.revealed).toBeNull();
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not shown for another service user than the one it was asked for', async () => {
    const reply = later<string>();
    replaceIpc({ revealToken: () => reply.promise });
    const detail = new Detail();
    await detail.open('u1');
    const revealing = detail.reveal();
    await detail.open('u2');
    reply.resolve('eyJ.token');
    await revealing;
    expect(detail.revealed).toBeNull();
  });
});

describe('reviews', () => {
  const made = () => new Reviews(() => ENVIRONMENT.id, () => true, async () => undefined);

  it('open with what was dropped, and propose the environment that is shown', () => {
    const reviews = made();
    reviews.receive({ reviews: someReviews(), problem: null });
    expect(reviews.open).toBe(true);
    expect(reviews.environment).toBe(ENVIRONMENT.id);
    expect(reviews.list).toHaveLength(someReviews().length);
  });

  it('stay closed when the chooser was cancelled', async () => {
    replaceIpc({ chooseKeyFiles: async () => [] });
    const reviews = made();
    await reviews.choose();
    expect(reviews.open).toBe(false);
  });

  it('say why nothing came from the clipboard', async () => {
    replaceIpc({ reviewClipboard: () => Promise.reject(refused('clipboard-empty')) });
    const reviews = made();
    await reviews.paste();
    expect(reviews.open).toBe(true);
    expect(reviews.problem?.code).toBe('clipboard-empty');
  });

  it('forget in the core what is closed', async () => {
    const discardReviews = vi.fn(async () => null);
    replaceIpc({ discardReviews });
    const reviews = made();
    reviews.receive({ reviews: someReviews(), problem: null });
    await reviews.close();
    expect(discardReviews).toHaveBeenCalledWith(someReviews().map((review: Review) => review.id));
    expect(reviews.list).toEqual([]);
  });
});
