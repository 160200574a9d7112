/** The way back from the provider profiles, at every width. */
import { screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import Shell from '../src/views/Shell.svelte';
import { draw, stateOf } from './support/page';

describe('the provider profiles', () => {
  async function open() {
    const app = await stateOf('users');
    await app.settings.load();
    await app.go({ kind: 'profiles' });
    draw(app, Shell, {});
    await screen.findAllByTestId('profile');
    return app;
  }
  const atSettings = () => waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('show-profiles')));

  it('lead back to the settings by their button, to where one came in', async () => {
    const app = await open();
    await userEvent.click(screen.getByRole('button', { name: 'Back to Settings' }));
    await atSettings();
    expect(app.navigation.place.kind).toBe('settings');
  });

  it('lead back with Esc', async () => {
    await open();
    await userEvent.keyboard('{Escape}');
    await atSettings();
  });

  it('stay while Esc is meant for the search, a menu or a profile that is open', async () => {
    const app = await open();
    const places: string[] = [];
    const leave = async (what: string) => {
      await userEvent.keyboard('{Escape}');
      await waitFor(() => expect(screen.queryByTestId(what)).toBeNull());
      places.push(app.navigation.place.kind);
    };
    await userEvent.click(screen.getByTestId('profile-search'));
    await leave('show-profiles');
    await userEvent.click(screen.getAllByTestId('profile-menu')[0]!);
    await screen.findByTestId('profile-export-toml');
    await leave('profile-export-toml');
    await userEvent.click(screen.getAllByTestId('profile-view')[1]!);
    await screen.findByTestId('profile-editor');
    await leave('profile-editor');
    expect(places).toEqual(['profiles', 'profiles', 'profiles']);
  });
});
