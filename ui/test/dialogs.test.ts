/** Every dialog with one form behaves the same: where the keyboard starts, what Enter and Esc do, what a failure does. */
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import type { Component } from 'svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../src/gallery/data';
import { Failure, ipc, type Ipc } from '../src/lib/ipc';
import type { AppState } from '../src/lib/app.svelte';
import CreateAtServer from '../src/views/detail/CreateAtServer.svelte';
import EditUser from '../src/views/detail/EditUser.svelte';
import MoveUsers from '../src/views/detail/MoveUsers.svelte';
import TagUsers from '../src/views/detail/TagUsers.svelte';
import SetExpiry from '../src/views/rotation/SetExpiry.svelte';
import { draw, stateOf } from './support/page';

const STAGING = '00000000-0000-4000-8000-000000000002';

interface Case {
  view: Component<never>;
  given: (app: AppState) => Promise<object> | object;
  field: string;
  submit: string;
  /** What is entered before it can be submitted. */
  types: string;
  /** What it asks of the core. */
  command: keyof Ipc;
}

const CASES: Record<string, Case> = {
  'editing a service user': { view: EditUser as Component<never>, given: (app) => ({ user: app.serviceUsers.rows[0]! }), field: 'edit-name', submit: 'save-user', types: 'x', command: 'editServiceUser' },
  'tagging several': { view: TagUsers as Component<never>, given: (app) => ({ users: app.serviceUsers.rows.slice(0, 1) }), field: 'tags-to-add', submit: 'save-tags', types: 'nightly', command: 'editServiceUser' },
  'moving several': { view: MoveUsers as Component<never>, given: (app) => ({ users: app.serviceUsers.rows.slice(0, 2) }), field: 'move-to', submit: 'move-confirm', types: '', command: 'relocate' },
  'setting an expiry': { view: SetExpiry as Component<never>, given: () => ({ credential: 'k1', id: 'k1', expiresAt: '2026-12-01T00:00:00Z' }), field: 'expiry-date', submit: 'expiry-save', types: '', command: 'setExpiry' },
  'creating a key at the server': {
    view: CreateAtServer as Component<never>,
    given: async (app) => {
      const user = app.serviceUsers.rows[0]!;
      await app.provisioning.load(STAGING);
      app.provisioning.choose(STAGING, app.provisioning.candidates[0]!.id);
      return { data: await ipc.serviceUser(user.id), kind: 'private-key', by: 'admin' };
    },
    field: 'create-title',
    submit: 'create-confirm',
    types: 'ci',
    command: 'provision',
  },
};

beforeEach(() => {
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
});

/** Draws a dialog over a core that answers its command as told. */
async function open({ view, given, command }: Case, answer: () => Promise<unknown>) {
  const asked = vi.fn(answer);
  const app = await stateOf('users', { [command]: asked } as Partial<Ipc>);
  await app.go({ kind: 'users', of: STAGING });
  const onclose = vi.fn();
  draw(app, view as Component<Record<string, unknown>>, { ...(await given(app)), onclose });
  await screen.findByRole('dialog');
  return { app, asked, onclose };
}

async function fill({ field, types }: Case) {
  const first = screen.getByTestId(field);
  await waitFor(() => expect(document.activeElement).toBe(first));
  if (types) await userEvent.type(first, types);
}

describe.each(Object.entries(CASES))('%s', (_, each) => {
  it('begins in its field, runs once while it is busy, and closes when it is done', async () => {
    let done: (reply: null) => void = () => undefined;
    const { asked, onclose } = await open(each, () => new Promise((resolve) => (done = resolve)));
    await fill(each);
    const button = screen.getByTestId(each.submit);
    await userEvent.click(button);
    await waitFor(() => expect(asked).toHaveBeenCalledOnce());
    expect(button.getAttribute('aria-busy')).toBe('true');
    await userEvent.click(button);
    expect(asked).toHaveBeenCalledOnce();
    expect(onclose).not.toHaveBeenCalled();
    done(null);
    // One that the server made is not null.
    if (each.command !== 'provision') await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
  });

  it('stays and says why it failed, with what was entered', async () => {
    const { asked, onclose } = await open(each, () => Promise.reject(new Failure(problem('refused', 'it is refused', 'try again'))));
    await fill(each);
    const entered = screen.getByTestId<HTMLInputElement>(each.field).value;
    await userEvent.click(screen.getByTestId(each.submit));
    const dialog = screen.getByRole('dialog');
    await waitFor(() => expect(within(dialog).getByTestId('problem').dataset['code']).toBe('refused'));
    expect(screen.getByTestId<HTMLInputElement>(each.field).value).toBe(entered);
    expect(screen.getByTestId(each.submit).getAttribute('aria-busy')).toBeNull();
    expect(onclose).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId(each.submit));
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  });

  it('closes with Esc while nothing was entered', async () => {
    const { asked, onclose } = await open(each, async () => null);
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId(each.field)));
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('a form that lacks something', () => {
  it.each([
    ['tagging several', 'tags-to-add'],
    ['setting an expiry', 'expiry-date'],
  ])('of %s asks nothing, and its field has the keyboard', async (name, field) => {
    const each = CASES[name]!;
    const { asked, onclose } = await open({ ...each, given: async (app) => ({ ...(await each.given(app)), expiresAt: null }) }, async () => null);
    await userEvent.click(await screen.findByTestId(each.submit));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId(field)));
    expect([asked.mock.calls.length, onclose.mock.calls.length]).toEqual([0, 0]);
  });
});

describe('what was entered', () => {
  it.each([
    ['editing a service user', 'edit-tags', 'nightly'],
    ['tagging several', 'tags-to-add', 'nightly'],
    ['setting an expiry', 'expiry-date', '2027-02-01'],
    ['creating a key at the server', 'create-title', 'laptop'],
  ])('while %s is asked for before Esc drops it, and Cancel drops it', async (name, field, value) => {
    const { onclose } = await open(CASES[name]!, async () => null);
    await fireEvent.input(screen.getByTestId(field), { target: { value } });
    await userEvent.keyboard('{Escape}');
    await screen.findByTestId('confirm-discard');
    await userEvent.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByTestId('confirm-discard')).toBeNull());
    expect(onclose).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(onclose).toHaveBeenCalledOnce();
  });
});

describe('an expiry that was entered by hand', () => {
  it('can be taken back', async () => {
    const { asked, onclose } = await open(CASES['setting an expiry']!, async () => null);
    await userEvent.click(await screen.findByTestId('expiry-none'));
    await waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(asked).toHaveBeenCalledExactlyOnceWith({ credential: 'k1', at: null });
  });
});
