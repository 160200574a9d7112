/** The list as a workbench: panes, notes, what a search finds elsewhere, moving to another environment, columns, and a token that is dragged out. */
import { createEvent, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { environments, problem, serviceUsers } from '../src/gallery/data';
import { Failure, ipc, replaceIpc, type Ipc } from '../src/lib/ipc';
import { Panes, WIDTHS } from '../src/lib/panes.svelte';
import { rem } from '../src/lib/rem';
import { cellsOf, columnsOf, widthOf } from '../src/views/shell/columns';

beforeEach(() => {
  // jsdom lays nothing out; the virtual list needs a height to draw rows into.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
});

/** Opens the page of an environment, with some of the core replaced. */
async function open(name: string, change: Partial<Ipc> = {}) {
  replaceIpc({ ...fakeCore('users'), ...change });
  render(App);
  await goTo(name);
}

async function goTo(name: string) {
  const all = await screen.findAllByTestId('rail-env');
  await userEvent.click(all.find((each) => each.textContent?.includes(name))!);
}

const rowOf = async (name: string) => {
  const rows = await screen.findAllByTestId('row');
  return rows.find((each) => each.textContent?.includes(name))!;
};
const names = () => screen.queryAllByTestId('row').map((row) => row.querySelector('.name')?.textContent);

describe('notes', () => {
  it('are written in the form, shown with the service user and found by the search', async () => {
    await open('Staging');
    await userEvent.click(await rowOf('kafka-mirror'));
    await screen.findByTestId('detail-title');
    expect(screen.queryByTestId('notes')).toBeNull();
    await userEvent.keyboard('{F2}');
    await userEvent.type(await screen.findByTestId('edit-notes'), '  Mirrors orders.{Enter}Owned by Kim. ');
    await userEvent.click(screen.getByTestId('save-user'));
    await waitFor(() => expect(screen.getByTestId('notes').textContent).toBe('Mirrors orders.\nOwned by Kim.'));
    await userEvent.type(screen.getByTestId('search'), 'owned kim');
    await waitFor(() => expect(names()).toEqual(['kafka-mirror']));
  });

  it('show characters that nobody sees, line by line', async () => {
    await open('Staging');
    const row = await rowOf('billing-sync');
    const [opened] = (await ipc.serviceUsers(null)).filter((each) => each.name === 'billing-sync' && each.environment.endsWith('2'));
    await ipc.editServiceUser(opened!.id, opened!, { ...opened!, notes: 'pay\u202Eroll\nsecond' });
    await userEvent.click(row);
    await waitFor(() => expect(screen.getByTestId('notes').textContent).toBe('pay\\u{202E}roll\nsecond'));
  });
});

describe('a search in one environment', () => {
  it('says in which others it finds something, and goes there with it', async () => {
    await open('Local');
    await userEvent.type(await screen.findByTestId('search'), 'kafka');
    const [there] = await screen.findAllByTestId('elsewhere-environment');
    expect(there!.textContent).toContain('Staging');
    await userEvent.click(there!);
    await waitFor(() => expect(names()).toEqual(['kafka-mirror']));
    expect(screen.getByTestId<HTMLInputElement>('search').value).toBe('kafka');
  });

  it('counts those for which there is no room, and goes to all of them', async () => {
    const others = Array.from({ length: 6 }, (_, at) => {
      const [first] = environments(false);
      return { ...first!, environment: { ...first!.environment, id: `e${at}`, name: `Cluster ${at}` } };
    });
    const rows = (of: string) => serviceUsers(of, 0).filter(({ name }) => name === 'deploy-bot');
    await open('Cluster 0', { environments: async () => others, serviceUsers: async (of) => (of === null ? others.flatMap(({ environment }) => rows(environment.id)) : rows(of)) });
    await userEvent.type(await screen.findByTestId('search'), 'deploy');
    expect(await screen.findAllByTestId('elsewhere-environment')).toHaveLength(3);
    const more = screen.getByTestId('elsewhere-more');
    expect(more.textContent?.trim()).toBe('2 matches in 2 more environments');
    await userEvent.click(more);
    await waitFor(() => expect(names()).toHaveLength(6));
    expect(screen.getByTestId<HTMLInputElement>('search').value).toBe('deploy');
  });

  it('loads the others once, whether or not it finds something here', async () => {
    await open('Local');
    const search = await screen.findByTestId('search');
    const asked = vi.spyOn(ipc, 'serviceUsers');
    for (const typed of ['o', 'nobody-has-this', '{Backspace>15/}']) {
      await userEvent.type(search, typed);
      await waitFor(() => expect([screen.queryByTestId('elsewhere') === null, names().length === 0]).toEqual(Array(2).fill(typed.startsWith('nobody'))));
    }
    expect(asked.mock.calls).toEqual([[null]]);
  });
});

describe('the panes', () => {
  it('are resized with arrow keys, keep their width, and go back with a double click', async () => {
    await open('Staging');
    const shell = () => document.querySelector<HTMLElement>('.shell')!.style.getPropertyValue('--list-width');
    const separator = screen.getByTestId('resize-list');
    expect(shell()).toBe('');
    separator.focus();
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    await waitFor(() => expect(shell()).toBe('26rem'));
    expect(separator.getAttribute('aria-valuenow')).toBe('26');
    expect(new Panes().width('list')).toBe(26);
    await userEvent.keyboard('{End}{ArrowRight}');
    expect(new Panes().width('list')).toBe(WIDTHS.list.most);
    await fireEvent.dblClick(separator);
    await waitFor(() => expect(shell()).toBe(''));
    expect(new Panes().chosen('list')).toBeNull();
  });
});

describe('the order of environments', () => {
  const rail = () => [...document.querySelectorAll('.rail :is([data-testid="rail-env"] .name, [data-testid="rail-group"])')].map((each) => each.textContent);
  const of = (name: string) => screen.getAllByTestId('rail-env').find((each) => each.textContent?.includes(name))!;

  async function choose(name: string, command: string) {
    await fireEvent.contextMenu(of(name));
    await userEvent.click(await screen.findByTestId(command));
  }

  async function group(name: string, into: string) {
    await choose(name, 'edit-environment');
    const field = await screen.findByTestId('env-group');
    await userEvent.clear(field);
    if (into) await userEvent.type(field, into);
    await userEvent.click(screen.getByTestId('env-save'));
    await waitFor(() => expect(screen.queryByTestId('env-editor')).toBeNull());
  }

  it('is the user’s own, and holds', async () => {
    await open('Staging');
    expect(rail()).toEqual(['Local', 'Staging', 'Production', 'Paonia']);
    await choose('Staging', 'move-up');
    await waitFor(() => expect(rail()).toEqual(['Staging', 'Local', 'Production', 'Paonia']));
    await choose('Staging', 'move-down');
    await choose('Paonia', 'move-up');
    await waitFor(() => expect(rail()).toEqual(['Local', 'Staging', 'Paonia', 'Production']));
    expect((await ipc.environments()).map(({ environment }) => environment.name)).toEqual(rail());
    await fireEvent.contextMenu(of('Local'));
    await screen.findByTestId('edit-environment');
    expect(screen.queryByTestId('move-up')).toBeNull();
  });

  it('keeps those of a group together, under its name, and moves groups as a whole', async () => {
    await open('Staging');
    await group('Staging', 'Acme');
    await group('Paonia', 'Globex');
    await group('Production', ' acme ');
    await waitFor(() => expect(rail()).toEqual(['Local', 'Acme', 'Staging', 'Production', 'Globex', 'Paonia']));
    await choose('Production', 'move-up');
    await waitFor(() => expect(rail()).toEqual(['Local', 'acme', 'Production', 'Staging', 'Globex', 'Paonia']));
    await choose('Staging', 'move-down');
    await waitFor(() => expect(rail()).toEqual(['Local', 'Globex', 'Paonia', 'acme', 'Production', 'Staging']));
    // The keys follow what is shown.
    await userEvent.keyboard('{Control>}2{/Control}');
    await waitFor(() => expect(of('Paonia').getAttribute('aria-current')).toBe('page'));
    await group('Paonia', '');
    await waitFor(() => expect(rail()).toEqual(['Local', 'Paonia', 'acme', 'Production', 'Staging']));
  });
});

describe('moving', () => {
  async function move(to: string) {
    await userEvent.click(await screen.findByTestId('user-menu'));
    await userEvent.click(await screen.findByTestId('move-user'));
    const dialog = await screen.findByTestId('move-users');
    const select = within(dialog).getByTestId<HTMLSelectElement>('move-to');
    const option = [...select.options].find((each) => each.text.includes(to))!;
    await userEvent.selectOptions(select, option);
    return dialog;
  }

  it('says what happens to the key, tests it at the new issuer and can be undone', async () => {
    await open('Staging');
    const tried = vi.spyOn(ipc, 'tryCredential');
    await userEvent.click(await rowOf('kafka-mirror'));
    const dialog = await move('Local');
    expect(dialog.textContent).toContain('keys stay in the keychain');
    await userEvent.click(screen.getByTestId('move-confirm'));
    await waitFor(() => expect(screen.getByTestId('status').textContent).toMatch(/^Moved kafka-mirror to /));
    await waitFor(() => expect(tried).toHaveBeenCalledOnce());
    await waitFor(() => expect(screen.getByTestId('detail-title').textContent).toBe('kafka-mirror'));
    expect(names()).toContain('kafka-mirror');
    await userEvent.click(await screen.findByTestId('status-action'));
    await waitFor(() => expect(names()).not.toContain('kafka-mirror'));
    await goTo('Staging');
    await waitFor(() => expect(names()).toContain('kafka-mirror'));
  });

  it('says so when the key doesn’t work at the new issuer', async () => {
    await open('Staging', { tryCredential: () => Promise.reject(new Failure(problem('refused', 'the server refused the assertion', 'Import its key'))) });
    await userEvent.click(await rowOf('kafka-mirror'));
    await move('Local');
    await userEvent.click(screen.getByTestId('move-confirm'));
    await waitFor(() => expect(screen.getByTestId('status').textContent).toMatch(/its credential doesn’t work there$/));
  });

  it('stays open and explains what stands against it', async () => {
    await open('Staging', { relocate: () => Promise.reject(new Failure(problem('already-there', '`Shop` already has `kafka-mirror` or its key', 'Remove one of the two'))) });
    await userEvent.click(await rowOf('kafka-mirror'));
    const dialog = await move('Local');
    await userEvent.click(screen.getByTestId('move-confirm'));
    await waitFor(() => expect(dialog.textContent).toContain('already has'));
  });

  it('warns of production, and of several in production offers nothing', async () => {
    await open('Staging');
    await userEvent.click(await rowOf('kafka-mirror'));
    expect((await move('Production')).textContent).toContain('act on live data');
    await userEvent.keyboard('{Escape}');
    await goTo('Production');
    const user = userEvent.setup();
    const rows = await screen.findAllByTestId('row');
    await user.click(rows[0]!);
    await user.keyboard('{Control>}');
    await user.click(rows[1]!);
    await user.keyboard('{/Control}');
    await screen.findByTestId('selection');
    expect(screen.queryByTestId('move-selected')).toBeNull();
  });
});

describe('the columns of a wide list', () => {
  it.each([
    [24, false, []],
    [39.9, true, []],
    [42, false, ['keyExpiry', 'lastUsed']],
    [52, true, ['provider', 'keyExpiry', 'lastUsed']],
    [60, false, ['provider', 'keyExpiry', 'lastUsed']],
    [60, true, ['environment', 'provider', 'keyExpiry', 'lastUsed']],
  ])('at %d rem, of all: %s, are %j', (width, all, columns) => {
    expect(columnsOf(width, all)).toEqual(columns);
    // The names keep room.
    expect(width - widthOf(columnsOf(width, all))).toBeGreaterThan(23);
  });

  it('say when a key expires, in a colour where that is near, and when it was last used', () => {
    const now = Date.parse('2026-01-10T12:00:00Z');
    const [row] = serviceUsers('e1', 0);
    const home = environments(false, false)[0]!.environment;
    const cells = (change: object) => cellsOf(['keyExpiry', 'lastUsed'], { ...row!, ...change }, home, null, now).map(({ text, tone }) => [text, tone]);
    expect(cells({ keyExpiresAt: null, lastUsedAt: null })).toEqual([['', 'plain'], ['never', 'plain']]);
    expect(cells({ keyExpiresAt: '2026-01-12T12:00:00Z', lastUsedAt: '2026-01-10T11:40:00Z' })[0]![1]).toBe('warn');
    expect(cells({ keyExpiresAt: '2026-01-09T12:00:00Z', lastUsedAt: '2026-01-10T11:40:00Z' })).toEqual([
      [expect.stringContaining('2026'), 'danger'],
      ['20 min ago', 'plain'],
    ]);
  });

  it('sort by their heads', async () => {
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(45 * rem());
    await open('Staging');
    const expires = await screen.findByTestId('head-keyExpiry');
    expect(screen.getByTestId('head-name').getAttribute('aria-pressed')).toBe('true');
    await userEvent.click(expires);
    expect(expires.getAttribute('aria-pressed')).toBe('true');
    const [first] = await screen.findAllByTestId('row');
    expect(first!.querySelectorAll('.cell')).toHaveLength(2);
  });
});

describe('a token', () => {
  it('can be dragged out while it is revealed, as text, and the clipboard isn’t touched', async () => {
    await open('Staging');
    const copyText = vi.spyOn(ipc, 'copyText');
    await userEvent.click(await rowOf('deploy-bot'));
    expect((await screen.findByTestId('token-masked')).draggable).toBe(false);
    await userEvent.click(screen.getByTestId('reveal'));
    const full = await screen.findByTestId('token-full');
    const given: [string, string][] = [];
    const event = createEvent.dragStart(full);
    Object.defineProperty(event, 'dataTransfer', { value: { setData: (type: string, text: string) => given.push([type, text]) } });
    await fireEvent(full, event);
    expect(given).toEqual([['text/plain', full.textContent]]);
    expect(copyText).not.toHaveBeenCalled();
  });
});

describe('the original file of a credential', () => {
  async function openCard(change: Partial<Ipc>) {
    await open('Staging', change);
    await userEvent.click(await rowOf('kafka-mirror'));
    await userEvent.click(await screen.findByTestId('tab-credentials'));
    await screen.findAllByTestId('credential');
  }

  it('is deleted from its card, after a question that names it', async () => {
    const deleteOriginalOf = vi.fn(async () => null);
    await openCard({ deleteOriginalOf });
    await userEvent.click((await screen.findAllByTestId('delete-original'))[0]!);
    expect(screen.getByRole('group', { name: /Delete deploy-bot.json in \/home\/kim\/Downloads/ })).toBeTruthy();
    expect(deleteOriginalOf).not.toHaveBeenCalled();
    await userEvent.click(screen.getByTestId('delete-original-confirm'));
    await waitFor(() => expect(deleteOriginalOf).toHaveBeenCalledOnce());
    expect(await screen.findByText(/^Deleted deploy-bot.json/)).toBeTruthy();
  });

  it('is chosen where Mintage no longer knows it, and kept if it is another one', async () => {
    const other = problem('original-other', '`notes.json` doesn’t contain this credential, so it was kept', 'Choose the file');
    await openCard({ original: async () => null, deleteChosenOriginal: () => Promise.reject(new Failure(other)) });
    await userEvent.click((await screen.findAllByTestId('choose-original'))[0]!);
    expect((await screen.findByTestId('problem')).textContent).toContain('so it was kept');
  });
});
