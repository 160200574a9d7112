import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';

import { mount } from 'svelte';

import App from './App.svelte';
import { applyTheme, storedTheme } from './lib/theme';

applyTheme(storedTheme());

// The font was loaded beside the scripts. For text that waits for one, its fallbacks would be looked up in each size and
// weight, which takes longer than all of the rest.
await document.fonts.load('1em "Inter Variable"').catch(() => undefined);

const target = document.getElementById('app');
if (!target) throw new Error('index.html has an element with the id `app`');

export default mount(App, { target });
