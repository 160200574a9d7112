/** The whole page over an invented core: what a user does, and what is asked of the core. */
import { fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import App from '../src/App.svelte';
import { fakeCore } from '../src/gallery/core';
import { ipc, replaceIpc } from '../src/lib/ipc';
import { strings } from '../src/lib/strings';

/** Opens the page of a scene; the reply counts the calls of the core. */
function open(scene: string) {
  const core = fakeCore(scene);
  replaceIpc(core);
  const copyToken = vi.spyOn(ipc, 'copyToken');
  render(App);
  return { copyToken };
}

beforeEach(() => {
  // jsdom lays nothing out; the virtual list needs a height to draw rows into.
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(600);
});

const environment = async (name: string) => {
  const all = await screen.findAllByTestId('rail-env');
  await userEvent.click(all.find((each) => each.textContent?.includes(name))!);
};
const rows = () => screen.findAllByTestId('row');

describe('the first run', () => {
  it('offers three ways in, and the demo is one click away and one click gone', async () => {
    open('first');
    expect(await screen.findByTestId('import')).toBeTruthy();
    expect(screen.getByTestId('first-add-environment')).toBeTruthy();
    await userEvent.click(screen.getByTestId('try-demo'));
    expect(await screen.findAllByTestId('rail-env')).toHaveLength(2);
    await userEvent.click(await screen.findByTestId('remove-demo'));
    expect(await screen.findByTestId('try-demo')).toBeTruthy();
  });
});

describe('the list', () => {
  it('copies from the row with one click and says what was copied', async () => {
    const { copyToken } = open('users');
    await environment('Staging');
    await userEvent.click((await screen.findAllByTestId('row-copy'))[0]!);
    await waitFor(() => expect(screen.getByTestId('status').textContent).toMatch(/^Copied token for billing-sync \(Staging\) · 41 min left · clipboard clears in 30 s$/));
    expect(copyToken).toHaveBeenCalledOnce();
  });

  it('takes the keys that are promised where nothing has the keyboard', async () => {
    const { copyToken } = open('users');
    await environment('Staging');
    const [first, second] = await rows();
    (document.activeElement as HTMLElement).blur();
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement).toBe(first));
    first!.blur();
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement).toBe(second));
    second!.blur();
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(copyToken).toHaveBeenCalledOnce());
    await userEvent.keyboard('{Control>}k{/Control}');
    await screen.findByTestId('palette-field');
    await userEvent.keyboard('{ArrowDown}');
    expect(second!.getAttribute('aria-current')).toBe('true');
  });

  it('counts down for the eye until the clipboard is cleared, and is read out once', async () => {
    const now = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    open('users');
    await environment('Staging');
    await userEvent.click((await screen.findAllByTestId('row-copy'))[0]!);
    const status = screen.getByTestId('status');
    const seen = () => status.parentElement?.querySelector('.more')?.textContent;
    await waitFor(() => expect(seen()).toMatch(/clears in 30 s$/));
    now.mockReturnValue(Date.now() + 12_000);
    await waitFor(() => expect(seen()).toMatch(/clears in 18 s$/));
    expect(status.textContent).toMatch(/clears in 30 s$/);
  });

  it('says of an application that it introspects, and shows it instead of copying', async () => {
    const { copyToken } = open('kinds');
    await environment('Frontier');
    const row = (await rows()).find((each) => each.textContent?.includes('gateway-api'))!;
    expect(row.parentElement?.textContent).toContain('Introspects tokens');
    expect(await screen.findAllByTestId('row-copy')).not.toHaveLength(0);
    expect(within(row.parentElement!).queryByTestId('row-copy')).toBeNull();
    row.focus();
    await userEvent.keyboard('{Enter}');
    expect((await screen.findByTestId('introspects')).textContent).toContain('It can’t mint');
    expect(copyToken).not.toHaveBeenCalled();
  });

  it('moves with arrow keys, copies with Enter, marks a favourite with F', async () => {
    const { copyToken } = open('users');
    await environment('Staging');
    const [first] = await rows();
    first!.focus();
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(screen.getByTestId('detail-title').textContent).toBe('billing-sync'));
    await userEvent.keyboard('{ArrowDown}');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('deploy-bot'));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(copyToken).toHaveBeenCalledOnce());
    await userEvent.keyboard('f');
    await waitFor(() => expect(screen.getByTestId('favourite').getAttribute('aria-pressed')).toBe('false'));
  });

  it('searches as one types', async () => {
    open('users');
    await environment('Staging');
    await userEvent.type(await screen.findByTestId('search'), 'kafka');
    await waitFor(async () => expect((await rows()).map((row) => row.textContent)).toEqual([expect.stringContaining('kafka-mirror')]));
    expect(screen.getByText('1 found')).toBeTruthy();
    await userEvent.type(screen.getByTestId('search'), 'zzz');
    expect(await screen.findByText('No matches for “kafkazzz”')).toBeTruthy();
  });

  it('tells how many were found once typing has paused, not for each letter', async () => {
    open('users');
    await environment('Staging');
    const told: string[] = [];
    await rows();
    const region = screen.getAllByRole('status').find((each) => each.previousElementSibling?.matches('[data-testid="list"]'))!;
    new MutationObserver(() => told.push(region.textContent)).observe(region, { characterData: true, childList: true, subtree: true });
    const search = await screen.findByTestId('search');
    for (const value of ['k', 'kafka']) await fireEvent.input(search, { target: { value } });
    await waitFor(() => expect(told).toEqual(['1 service user found']));
  });

  it('shows whole under the pointer what stands shortened', async () => {
    open('users');
    await environment('Staging');
    const [first] = await rows();
    const titles = () => [...first!.querySelectorAll('[title]')].map((each) => each.getAttribute('title'));
    expect(titles()).toEqual([]);
    await userEvent.hover(first!);
    await waitFor(() => expect(titles()).toEqual(expect.arrayContaining(['billing-sync', 'Private key'])));
    await userEvent.unhover(first!);
    await waitFor(() => expect(titles()).toEqual([]));
  });

  it('shows whose token Enter copies from the search, before and after', async () => {
    const { copyToken } = open('users');
    await environment('Staging');
    await userEvent.click((await rows())[0]!);
    await waitFor(() => expect(screen.getByTestId('detail-title').textContent).toBe('billing-sync'));
    const marked = () => [...document.querySelectorAll('.next')].map((row) => row.textContent);
    const search = screen.getByTestId('search');
    await userEvent.type(search, 'sync');
    await waitFor(() => expect(document.querySelector('[data-testid="row"][aria-current]')).not.toBeNull());
    expect(marked()).toEqual([]);
    await userEvent.clear(search);
    await userEvent.type(search, 'kafka');
    await waitFor(() => expect(marked()).toEqual([expect.stringContaining('kafka-mirror')]));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(screen.getByTestId('detail-title').textContent).toBe('kafka-mirror'));
    await waitFor(() => expect(screen.getByTestId('status').textContent).toContain('kafka-mirror'));
    expect(copyToken).toHaveBeenCalledOnce();
    expect(marked()).toEqual([]);
    expect(document.activeElement).toBe(search);
  });

  it('searches all service users by their environment’s name and tier, and says it in each row', async () => {
    open('users');
    await userEvent.click(await screen.findByTestId('rail-all'));
    await rows();
    await userEvent.type(screen.getByTestId('search'), 'staging');
    await waitFor(async () => {
      const found = (await rows()).map((row) => row.textContent);
      expect(found.length).toBeGreaterThan(1);
      for (const text of found) expect(text).toContain('Staging');
    });
  });

  it('leaves a name its line, and says on the next which environment it is of', async () => {
    open('users');
    await userEvent.click(await screen.findByTestId('rail-all'));
    const row = (await rows()).find((each) => each.textContent?.includes('Paonia'))!;
    const lines = [...row.children].map((line) => line.textContent?.replace(/\s+/g, ' ').trim());
    expect(lines).toEqual(['Productionbilling-sync', expect.stringMatching(/^Paonia \d{3}…\d{4} key/)]);
    const about = /^Favourite, Paonia · Production, .*User id \d{18}, key/;
    expect(screen.getByRole('button', { name: 'billing-sync', description: about })).toBe(row);
  });

  it('draws a few of ten thousand rows', async () => {
    open('many');
    await environment('Production');
    const drawn = await rows();
    expect(drawn.length).toBeGreaterThan(5);
    expect(drawn.length).toBeLessThan(60);
    expect(drawn[0]!.closest('li')?.getAttribute('aria-setsize')).toBe('10000');
  });
});

describe('production', () => {
  it('is framed and asks once', async () => {
    const { copyToken } = open('users');
    await environment('auth.acme.com');
    expect((await screen.findByTestId('production-frame')).textContent).toBe('Production · auth.acme.com');
    await userEvent.click((await screen.findAllByTestId('row-copy'))[0]!);
    await userEvent.click(await screen.findByTestId('confirm-production'));
    await waitFor(() => expect(screen.getByTestId('status').textContent).toContain('clipboard clears in 10 s'));
    await userEvent.click((await screen.findAllByTestId('row-copy'))[1]!);
    await waitFor(() => expect(copyToken).toHaveBeenCalledTimes(3));
    expect(screen.queryByTestId('confirm-production')).toBeNull();
  });

  it('says a host once where it is the environment’s name', () => {
    const { production, rail } = strings.shell;
    const host = 'auth.acme.com';
    expect(production.body(host, host)).toBe('auth.acme.com is production: its tokens act on live data. Mintage asks once per session.');
    expect(production.body('Acme', host)).toContain('Acme (auth.acme.com) is production');
    expect([production.frame(host, host), production.frame('Acme', host)]).toEqual(['Production · auth.acme.com', 'Production · Acme · auth.acme.com']);
    expect([rail.tierWord(host, host, 'Staging'), rail.tierWord('Acme', host, 'Staging')]).toEqual(['Staging', 'auth.acme.com · Staging']);
  });

  it('has its room in the list of all, whoever is chosen', async () => {
    open('users');
    await userEvent.click(await screen.findByTestId('rail-all'));
    expect(await screen.findByTestId('production-room')).toBeTruthy();
    const found = await rows();
    await userEvent.click(found.find((row) => row.textContent?.includes('Paonia'))!);
    expect((await screen.findByTestId('production-frame')).textContent).toContain('Paonia');
    expect(screen.queryByTestId('production-room')).toBeNull();
    await userEvent.click(found.find((row) => row.textContent?.includes('Staging'))!);
    expect((await screen.findByTestId('production-room')).textContent?.trim()).toBe('');
    await environment('Staging');
    await waitFor(() => expect(screen.queryByTestId('production-room')).toBeNull());
  });
});

describe('a refused token', () => {
  it('opens the service user with the cause, and its button mints with the server’s time', async () => {
    const { copyToken } = open('users');
    await environment('Paonia');
    await userEvent.click((await screen.findAllByTestId('row-copy'))[0]!);
    await userEvent.click(await screen.findByTestId('confirm-production'));
    const card = await screen.findByTestId('problem');
    expect(card.textContent).toContain('Your clock is 74 s ahead of the server’s');
    await userEvent.click(within(card).getAllByTestId('problem-next')[0]!);
    await waitFor(() => expect(screen.queryByTestId('problem')).toBeNull());
    expect(copyToken).toHaveBeenLastCalledWith(expect.any(String), 'token', { useServerTime: true });
  });

  it('that would be refused can be sent anyway', async () => {
    const { copyToken } = open('users');
    await environment('Staging');
    await userEvent.click(await screen.findByRole('button', { name: 'Copy token data-bridge' }));
    await userEvent.click(await screen.findByTestId('send-anyway'));
    await waitFor(() => expect(copyToken).toHaveBeenLastCalledWith(expect.any(String), 'token', { sendAnyway: true }));
  });
});

describe('the Token tab', () => {
  async function openFirst(name: string) {
    open('users');
    await environment('Local');
    await userEvent.click((await rows()).find((row) => row.textContent?.includes(name))!);
  }

  it('shows the token masked, in full on demand, and hides it when the window is left', async () => {
    await openFirst('deploy-bot');
    expect((await screen.findByTestId('token-masked')).textContent).toMatch(/9f3A\s*$/);
    await userEvent.click(screen.getByTestId('reveal'));
    expect((await screen.findByTestId('token-full')).textContent).toContain('eyJ');
    window.dispatchEvent(new Event('blur'));
    expect(await screen.findByTestId('token-masked')).toBeTruthy();
  });

  it('adds a scope from a template and removes one', async () => {
    await openFirst('deploy-bot');
    const edit = vi.spyOn(ipc, 'editServiceUser');
    await userEvent.click(await screen.findByTestId('add-scope'));
    await userEvent.type(screen.getByLabelText(/Role key for/), 'reader{Enter}');
    await waitFor(() => expect(edit.mock.lastCall?.[2].scopes).toContain('urn:zitadel:iam:org:project:role:reader'));
    await userEvent.click(await screen.findByRole('button', { name: 'Remove scope profile' }));
    await waitFor(() => expect(edit.mock.lastCall?.[2].scopes).not.toContain('profile'));
  });

  it('opens each tab', async () => {
    await openFirst('deploy-bot');
    for (const tab of ['claims', 'userinfo', 'credentials', 'activity', 'token']) {
      await userEvent.click(await screen.findByTestId(`tab-${tab}`));
      await waitFor(() => expect(screen.getByTestId(`tab-${tab}`).getAttribute('aria-selected')).toBe('true'));
    }
    expect(await screen.findByTestId('mint-new')).toBeTruthy();
  });
});

describe('the keychain', () => {
  it.each([
    ['users', 'ready'],
    ['locked', 'locked'],
    ['absent', 'absent'],
    ['silent', 'silent'],
  ])('in scene %s is %s', async (scene, state) => {
    open(scene);
    await waitFor(() => expect(screen.getByTestId('keychain-state').dataset['state']).toBe(state));
  });

  it('is unlocked from the foot of the rail', async () => {
    open('locked');
    await userEvent.click(await screen.findByTestId('unlock'));
    await waitFor(() => expect(screen.getByTestId('keychain-state').dataset['state']).toBe('ready'));
  });
});

describe('the start', () => {
  it('goes to the list that was shown last', async () => {
    localStorage.setItem('list', '00000000-0000-4000-8000-000000000002');
    open('users');
    await waitFor(() => expect(screen.getAllByTestId('rail-env')[1]!.getAttribute('aria-current')).toBe('page'));
    expect((await rows()).length).toBeGreaterThan(1);
  });
});

describe('keys of the whole window', () => {
  it('go to the search and to the settings, but not while one types', async () => {
    open('users');
    await environment('Staging');
    await rows();
    await userEvent.keyboard('/');
    expect(document.activeElement).toBe(screen.getByTestId('search'));
    await userEvent.keyboard('a/b');
    expect(screen.getByTestId<HTMLInputElement>('search').value).toBe('a/b');
    await userEvent.keyboard('{Control>},{/Control}');
    await waitFor(() => expect(screen.getByTestId('rail-settings').getAttribute('aria-current')).toBe('page'));
  });
});

describe('the palette', () => {
  it('copies a token from anywhere by its words', async () => {
    const { copyToken } = open('users');
    await environment('Local');
    await userEvent.keyboard('{Control>}k{/Control}');
    await userEvent.type(await screen.findByTestId('palette-field'), 'copy token kafka stag');
    await waitFor(() => expect(screen.getAllByTestId('palette-item').map((item) => item.textContent)).toEqual([expect.stringContaining('Copy token for kafka-mirror')]));
    await userEvent.keyboard('{Enter}');
    await waitFor(() => expect(copyToken).toHaveBeenCalledOnce());
    await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
  });

  it('names favourites and those with a token first, with their tier, before a word is typed', async () => {
    open('users');
    await userEvent.click(await screen.findByTestId('open-palette'));
    await waitFor(() => {
      const items = screen.getAllByTestId('palette-item');
      expect(items[0]!.textContent).toContain('Copy token for');
      expect(items[0]!.querySelector('.note')?.textContent).toMatch(/Development|Staging|Production/);
      expect(items[0]!.querySelector('.dot')).toBeTruthy();
      expect(items.map((item) => item.textContent).join(' ')).toContain('Import key files');
    });
  });

  it('names the token of a service user first, before what else can be done with the one that is shown', async () => {
    open('users');
    await environment('Staging');
    (await rows())[0]!.click();
    const name = (await screen.findByTestId('detail-title')).textContent!.trim();
    await userEvent.click(screen.getByTestId('open-palette'));
    await userEvent.type(await screen.findByTestId('palette-field'), name.slice(0, 7));
    await waitFor(() => expect(screen.getAllByTestId('palette-item')[0]!.textContent).toContain(`Copy token for ${name}`));
    expect(screen.getAllByTestId('palette-item').map((item) => item.textContent).join(' ')).toContain('favourite');
  });

  it('brings the demo back where there is none', async () => {
    open('users');
    const start = vi.spyOn(ipc, 'startDemo');
    await userEvent.click(await screen.findByTestId('open-palette'));
    await userEvent.type(await screen.findByTestId('palette-field'), 'demo');
    await userEvent.click((await screen.findAllByTestId('palette-item')).find((item) => item.textContent?.includes('Try the demo'))!);
    await waitFor(() => expect(start).toHaveBeenCalledOnce());
  });

  it('switches the theme, zooms and marks the service user that is shown', async () => {
    open('users');
    const change = vi.spyOn(ipc, 'changeSettings');
    const edit = vi.spyOn(ipc, 'editServiceUser');
    await environment('Staging');
    (await rows())[2]!.click();
    await screen.findByTestId('detail-title');
    const choose = async (text: string) => {
      await userEvent.click(screen.getByTestId('open-palette'));
      await userEvent.type(await screen.findByTestId('palette-field'), text);
      await userEvent.click((await screen.findAllByTestId('palette-item'))[0]!);
      await waitFor(() => expect(screen.queryByTestId('palette')).toBeNull());
    };
    await choose('dark theme');
    await waitFor(() => expect(change).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ theme: 'dark' })));
    await choose('zoom in');
    await waitFor(() => expect(change).toHaveBeenLastCalledWith(expect.anything(), expect.objectContaining({ textSize: 110 })));
    await choose('add favourites');
    await waitFor(() => expect(edit).toHaveBeenLastCalledWith(expect.any(String), expect.objectContaining({ favourite: false }), expect.objectContaining({ favourite: true })));
  });
});
