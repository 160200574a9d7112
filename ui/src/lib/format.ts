/** How values are written for people. Pure: the time is an argument, and the locale may be. */
import { locale as own } from './locale';
import { units } from './strings/units';
import type { Dated, Problem } from './bindings';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

/** Shortens from the middle, as identifiers differ at both ends: `1005078…8466`. */
export function middle(text: string, head = 7, tail = 4): string {
  const characters = [...text];
  if (characters.length <= head + tail + 1) return text;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

/** Milliseconds until a moment (RFC 3339); negative when it is past, null without a readable one. */
export function until(moment: string | null, now: number): number | null {
  if (moment === null) return null;
  const at = Date.parse(moment);
  return Number.isNaN(at) ? null : at - now;
}

/**
 * Writes life left as coarsely as it matters: `12 h`, `3 h 20 min`, `41 min`, seconds only in the last minute. The same
 * wherever a token's life is shown, so that no two places differ by a minute.
 */
export function remaining(left: number): string {
  if (left < MINUTE) return units.seconds(number(Math.max(0, Math.floor(left / SECOND))));
  return roughly(left, 2 * DAY);
}

/** A length in which minutes no longer matter from ten hours on; in hours until `days`, when days begin. */
function roughly(length: number, days: number): string {
  return length < 10 * HOUR || length >= days ? span(length) : units.hours(number(Math.round(length / HOUR)));
}

/**
 * Writes a length of time: `30 s`, `41 min`, `11 h 58 min`, `3 days`, `5 years`. Minutes are the nearest, so that
 * five minutes are not four as soon as they have begun; days and years are whole ones, as in what the core tells.
 */
export function span(length: number): string {
  const left = Math.abs(length);
  const whole = (unit: number) => Math.floor(left / unit);
  if (left < MINUTE) return units.seconds(number(whole(SECOND)));
  if (left >= 2 * YEAR) return units.years(number(whole(YEAR)));
  if (left >= DAY) return units.days(number(whole(DAY)), whole(DAY));
  const minutes = Math.round(left / MINUTE);
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  return [...(h > 0 ? [units.hours(number(h))] : []), ...(m > 0 ? [units.minutes(number(m))] : [])].join(' ');
}

/** Tells how far from now something is: `in 9 h 58 min`, `in 12 h`, `6 days ago`. */
export function away(left: number): string {
  const length = Math.abs(left);
  if (length < SECOND) return units.now;
  const far = roughly(length, DAY);
  return left < 0 ? units.ago(far) : units.ahead(far);
}

/** Tells how far from now a moment is; nothing of what is no moment. */
export function relative(moment: string, now: number): string {
  const left = until(moment, now);
  return left === null ? '' : away(left);
}

/** Writes a moment's date: `30 Sept 2025`. */
export function date(moment: string, locale = own): string {
  return write(moment, { dateStyle: 'medium' }, locale);
}

/** Writes a moment's date and time in local time. */
export function dateTime(moment: string, locale = own): string {
  return write(moment, { dateStyle: 'medium', timeStyle: 'medium' }, locale);
}

/** Writes a moment's time of day; with its date where that is not today's. */
export function clock(moment: string, now: number, locale = own): string {
  const at = new Date(moment);
  const today = at.toDateString() === new Date(now).toDateString();
  return write(moment, today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }, locale);
}

/** Writes a moment's time of day to the second. */
export function timeOfDay(moment: string, locale = own): string {
  return write(moment, { timeStyle: 'medium' }, locale);
}

/** Names a moment's day: `today`, `yesterday`, else its weekday and date. */
export function day(moment: string, now: number, locale = own): string {
  const midnight = (time: number) => new Date(time).setHours(0, 0, 0, 0);
  const at = Date.parse(moment);
  if (Number.isNaN(at)) return moment;
  // Days of 23 and 25 hours exist.
  const away = Math.round((midnight(at) - midnight(now)) / DAY);
  if (away === 0 || away === -1) return relatives(locale).format(away, 'day');
  return write(moment, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }, locale);
}

/** Writes a moment in UTC, exact to the second: `2025-09-30 13:57:02 UTC`. */
export function utc(moment: string): string {
  const at = new Date(moment);
  if (Number.isNaN(at.getTime())) return moment;
  return units.utc(at.toISOString().slice(0, 19).replace('T', ' '));
}

function write(moment: string, style: Intl.DateTimeFormatOptions, locale: string): string {
  const at = new Date(moment);
  // A moment that cannot be read is shown as it came rather than as `Invalid Date`.
  return Number.isNaN(at.getTime()) ? moment : dates(locale, style).format(at);
}

/*
 * Making a formatter costs far more than using one, and lists use one per row; so each is made once.
 */
const made = new Map<string, unknown>();

function once<T>(key: string, make: () => T): T {
  if (!made.has(key)) made.set(key, make());
  return made.get(key) as T;
}

function dates(locale: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return once(`date ${locale} ${JSON.stringify(style)}`, () => new Intl.DateTimeFormat(locale, style));
}

function relatives(locale: string): Intl.RelativeTimeFormat {
  return once(`relative ${locale}`, () => new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
}

/** Writes a number with the locale's separators, and with so many decimals. */
export function number(n: number, decimals = 0, locale = own): string {
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return once(`number ${locale} ${decimals}`, () => new Intl.NumberFormat(locale, digits)).format(n);
}

/** Writes a duration that was measured: `1.2 ms`, `184 ms`, `2.1 s`. It never breaks in two lines. */
export function measured(milliseconds: number): string {
  const seconds = milliseconds >= 1000;
  const written = seconds ? units.seconds(number(milliseconds / 1000, 1)) : units.milliseconds(number(milliseconds, milliseconds < 10 ? 1 : 0));
  return written.replaceAll(' ', '\u00a0');
}

/** Counts a noun: `1 key`, `2 keys`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** Begins with a capital letter, as titles do. */
export function titled(words: string): string {
  return words.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

/** Puts a label into the middle of a sentence; acronyms such as `JSON` stay as they are. */
export function uncapitalized(words: string): string {
  return words.replace(/^\p{Lu}(?=\P{Lu})/u, (letter) => letter.toLowerCase());
}

/** Makes a sentence of the core's words, which come without a capital and a final period, and with straight apostrophes. */
export function sentence(words: string): string {
  const text = titled(curly(words.trim()));
  if (!text) return '';
  return /[.!?…:]$/.test(text) ? text : `${text}.`;
}

/** What happened and what to do about it, in one paragraph; `Prose` draws its literals. */
export function explained({ message, dated, help }: Problem): string {
  return `${sentence(told(message, dated, dateTime))} ${sentence(help)}`;
}

/** The core's words where nothing can be drawn as code: a capital first, and literals in quotes. */
export function plain(words: string): string {
  return visible(titled(curly(words.trim())).replace(/`([^`]*)`/g, '“$1”'));
}

/** Writes apostrophes as the page does, except in code. */
export function curly(words: string): string {
  return words
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/(?<=[\p{L}\p{N}])'(?=\p{L}|\s|$)/gu, '’')))
    .join('');
}

/** Writes a sentence of the core's, its time as the locale has it. */
export function told(text: string, dated: Dated | null, write: (moment: string) => string): string {
  return dated === null ? text : `${dated.before} ${write(dated.at)}${dated.after}`;
}

/** A stretch of text; `escaped` where characters that cannot be seen were spelled out. */
export interface Stretch {
  text: string;
  escaped: boolean;
}

/*
 * What is invisible, changes the direction of text, or draws over its neighbours: C0 and C1 controls
 * (line feed and tab excepted), format characters (bidi controls, zero-width characters, soft hyphen,
 * tags), line and paragraph separators, lone surrogates, fillers that look like nothing, and
 * variation selectors.
 */
const HIDDEN =
  /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|(?![\n\t])\p{Cc}/u;

/** Splits untrusted text so that each hidden character is spelled out as `\u{202E}`. */
export function stretches(text: string): Stretch[] {
  const parts: Stretch[] = [];
  for (const character of text) {
    const escaped = HIDDEN.test(character);
    const written = escaped ? escapeOf(character) : character;
    const last = parts.at(-1);
    if (last && last.escaped === escaped) last.text += written;
    else parts.push({ text: written, escaped });
  }
  return parts;
}

/** Spells out hidden characters in untrusted text, for places that show plain strings only. */
export function visible(text: string): string {
  // Nearly all text is as it seems, and lists write a lot of it with every key.
  if (!HIDDEN.test(text)) return text;
  return stretches(text)
    .map((part) => part.text)
    .join('');
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`;
}
