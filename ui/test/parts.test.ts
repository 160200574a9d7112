import { fireEvent, render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet, tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { clockProblem, expiredProblem, problem } from '../src/gallery/data';
import { dateTime } from '../src/lib/format';
import Button from '../src/parts/Button.svelte';
import Choice from '../src/parts/Choice.svelte';
import Confirm from '../src/parts/Confirm.svelte';
import Json from '../src/parts/Json.svelte';
import ProblemCard from '../src/parts/ProblemCard.svelte';
import StatusLine from '../src/parts/StatusLine.svelte';
import Tooltips from '../src/parts/Tooltips.svelte';
import Truncated from '../src/parts/Truncated.svelte';
import { layOut } from './support/page';

const text = (words: string) => createRawSnippet(() => ({ render: () => `<span>${words}</span>` }));

describe('a problem', () => {
  it('says what happened, quotes the server and names the causes', () => {
    render(ProblemCard, { problem: clockProblem, onnext: () => undefined, oncopy: () => undefined });
    const card = screen.getByRole('alert');
    expect(card).toHaveProperty('dataset.code', 'refused');
    expect(within(card).getByRole('heading', { level: 2 }).textContent).toBe('auth.paonia.io refused the assertion.');
    expect(card.querySelector('blockquote')?.textContent).toBe(clockProblem.serverResponse?.body);
    expect(within(card).getAllByRole('listitem')).toHaveLength(2);
  });

  it('shows on the pressed button what is under way, and on none what was begun elsewhere', async () => {
    const shown = () => screen.getAllByTestId('problem-next').map((each) => [(each as HTMLButtonElement).disabled, each.getAttribute('aria-busy')]);
    const props = { problem: clockProblem, oncopy: () => undefined, onnext: () => undefined };
    const { rerender } = render(ProblemCard, props);
    await userEvent.click(screen.getAllByTestId('problem-next')[0]!);
    await rerender({ busy: true });
    expect(shown()).toEqual(shown().map(() => [true, null]));
    await rerender({ busy: false, onnext: () => void rerender({ busy: true }) });
    await userEvent.click(screen.getAllByTestId('problem-next')[0]!);
    expect(shown()[0]).toEqual([true, 'true']);
  });

  it('writes the times of its sentences as the page writes times', () => {
    render(ProblemCard, { problem: expiredProblem, oncopy: () => undefined });
    const written = dateTime('2025-09-30T00:00:00Z');
    expect(within(screen.getByRole('alert')).getByRole('listitem').textContent).toContain(`This key expired on ${written}.`);
  });

  it('offers each next step once and copies the report', async () => {
    const onnext = vi.fn();
    const oncopy = vi.fn();
    const twice = { ...clockProblem, causes: [...clockProblem.causes, { ...clockProblem.causes[0]!, code: 'other' }] };
    render(ProblemCard, { problem: twice, onnext, oncopy });
    const steps = screen.getAllByTestId('problem-next');
    expect(steps.map((step) => step.textContent?.trim())).toEqual(['Use the server’s time', 'Import another credential…']);
    await userEvent.click(steps[0]!);
    expect(onnext).toHaveBeenCalledWith('use-server-time');
    await userEvent.click(screen.getByTestId('problem-report'));
    expect(oncopy).toHaveBeenCalledWith(clockProblem.report);
  });

  it.each([
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['evil\u202Etxt', 'evil\\u{202E}txt'],
    ['https://phish.example', 'https://phish.example'],
  ])('shows untrusted %j as text only', (body, expected) => {
    const said = problem('refused', 'm', 'h', { serverResponse: { status: 400, body } });
    const { container } = render(ProblemCard, { problem: said, oncopy: () => undefined });
    expect(container.querySelector('blockquote')?.textContent).toBe(expected);
    expect(container.querySelector('img, a')).toBeNull();
  });
});

describe('a choice of many', () => {
  const groups = [
    { label: 'Apples and Pears', items: [{ value: 'apple', label: 'Russet', note: 'Keeps until plums bloom' }, { value: 'sloe', label: 'Wildplum' }] },
    { label: 'Stone fruit', items: [{ value: 'yellow', label: 'Yellow plum' }, { value: 'plum', label: 'Plum' }, { value: 'pear', label: 'Prickly pear' }] },
  ];

  it.each([
    ['', ['Apples and Pears', 'apple', 'sloe', 'Stone fruit', 'yellow', 'plum', 'pear']],
    ['plum', ['Stone fruit', 'plum', 'yellow', 'Apples and Pears', 'sloe', 'apple']],
    ['pear', ['Stone fruit', 'pear']],
    ['apples', ['Apples and Pears', 'apple', 'sloe']],
    ['stone yellow', ['Stone fruit', 'yellow']],
    ['quince', []],
  ])('finds %j by labels first, then by notes, and by headings only where neither is meant: %j', async (query, expected) => {
    layOut();
    const onchange = vi.fn();
    render(Choice, { value: '', groups, label: 'Fruit', nothing: 'No fruit', onchange, 'data-testid': 'fruit' });
    await userEvent.click(screen.getByTestId('fruit'));
    if (query) await userEvent.keyboard(query);
    const shown = screen.queryAllByRole('group').flatMap((group) => [group.firstElementChild?.textContent, ...within(group).getAllByRole('option').map((each) => each.dataset['value'])]);
    expect(shown).toEqual(expected);
    await userEvent.keyboard('{Enter}');
    expect(onchange.mock.calls).toEqual(expected.length > 0 ? [[expected[1]]] : []);
  });

  it('has its name selected under a press, so that what is typed replaces it, until its list is open', async () => {
    render(Choice, { value: 'plum', groups, label: 'Fruit', nothing: 'No fruit', onchange: () => undefined, 'data-testid': 'fruit' });
    const field = screen.getByTestId<HTMLInputElement>('fruit');
    // Whether the browser puts the caret where the press is.
    const placed = [await fireEvent.mouseDown(field)];
    expect(document.activeElement).toBe(field);
    await fireEvent.click(field);
    expect([field.selectionStart, field.selectionEnd, field.getAttribute('aria-expanded')]).toEqual([0, 4, 'true']);
    placed.push(await fireEvent.mouseDown(field));
    expect(placed).toEqual([false, true]);
  });

  it('opens with arrow keys and typing alone, starts at the chosen one, and Escape takes back what was typed', async () => {
    const onchange = vi.fn();
    render(Choice, { value: 'plum', groups, label: 'Fruit', nothing: 'No fruit', onchange, 'data-testid': 'fruit' });
    const field = screen.getByTestId<HTMLInputElement>('fruit');
    const highlighted = () => document.getElementById(field.getAttribute('aria-activedescendant') ?? '')?.dataset['value'];
    field.focus();
    await userEvent.keyboard('{Enter}{Control>}c{/Control}');
    expect(field.getAttribute('aria-expanded')).toBe('false');
    await userEvent.keyboard('{ArrowDown}');
    await vi.waitFor(() => expect(highlighted()).toBe('plum'));
    await userEvent.keyboard('{ArrowDown}');
    expect(highlighted()).toBe('pear');
    await userEvent.keyboard('russ');
    await vi.waitFor(() => expect(highlighted()).toBe('apple'));
    await userEvent.keyboard('{Escape}');
    await vi.waitFor(() => expect([field.value, field.getAttribute('aria-expanded'), document.activeElement]).toEqual(['Plum', 'false', field]));
    expect(onchange).not.toHaveBeenCalled();
  });
});

describe('a title', () => {
  it('is shown in the window’s own style where the pointer rests, and is the element’s again afterwards', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      render(Tooltips);
      const { container } = render(Truncated, { text: '100507859606888466' });
      const code = container.querySelector('code')!;
      const rest = async (on: Element) => {
        await fireEvent.pointerOver(on);
        vi.runAllTimers();
        await tick();
      };
      await rest(code.firstElementChild!);
      // The web view has none left to show.
      expect([screen.getByTestId('tooltip').textContent, code.hasAttribute('title')]).toEqual(['100507859606888466', false]);
      await rest(document.body);
      expect([screen.queryByTestId('tooltip'), code.title]).toEqual([null, '100507859606888466']);
      await rest(code);
      await fireEvent.keyDown(document.body, { key: 'a' });
      expect([screen.queryByTestId('tooltip'), code.title]).toEqual([null, '100507859606888466']);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('what unfolds', () => {
  it('has one mark everywhere', () => {
    const components = import.meta.glob<string>('../src/{parts,views}/**/*.svelte', { query: '?raw', import: 'default', eager: true });
    const unfolding = Object.entries(components).filter(([, source]) => /<(details|summary)\b|list-style: disclosure|::-webkit-details-marker/.test(source));
    expect(unfolding.map(([file]) => file.split('/').at(-1))).toEqual(['Disclosure.svelte']);
  });
});

describe('parts', () => {
  it('a busy button keeps its name and cannot be pressed', async () => {
    const onclick = vi.fn();
    render(Button, { busy: true, onclick, children: text('Mint') });
    const button = screen.getByRole('button', { name: 'Mint' });
    await userEvent.click(button);
    expect(onclick).not.toHaveBeenCalled();
    expect(button.getAttribute('aria-busy')).toBe('true');
  });

  it('a question starts on the safe answer and Esc means no', async () => {
    const oncancel = vi.fn();
    render(Confirm, { title: 'Remove?', body: 'All of it.', confirmLabel: 'Remove', cancelLabel: 'Cancel', onconfirm: () => undefined, oncancel });
    const dialog = await screen.findByRole('dialog', { name: 'Remove?' });
    await vi.waitFor(() => expect(document.activeElement?.textContent?.trim()).toBe('Cancel'));
    expect(within(dialog).getByText('All of it.')).toBeTruthy();
    await userEvent.keyboard('{Escape}');
    expect(oncancel).toHaveBeenCalled();
  });

  it('JSON keeps numbers exact', () => {
    render(Json, { json: '{"id": 100507859606888466}', label: 'Raw' });
    expect(screen.getByRole('group', { name: 'Raw' }).textContent).toBe('{"id": 100507859606888466}');
  });

  it('a shortened identifier is whole to screen readers and on hover', () => {
    const { container } = render(Truncated, { text: '100507859606888466' });
    expect(container.querySelector('[aria-hidden]')?.textContent).toBe('1005078…8466');
    expect(container.querySelector('.unseen')?.textContent).toBe('100507859606888466');
    expect(container.querySelector('code')?.title).toBe('100507859606888466');
  });

  it('the status line is a live region even while it is empty', () => {
    render(StatusLine, { said: '', closeLabel: 'Dismiss', onclose: () => undefined });
    const region = screen.getByRole('status');
    expect(region.getAttribute('aria-live')).toBe('polite');
    expect(region.textContent).toBe('');
  });
});
