/**
 * Every English word of the page, so that translations can follow. Values come in as arguments; no
 * sentence is glued together from fragments outside. One file a screen, gathered here.
 */
import { activity } from './strings/activity';
import { agent } from './strings/agent';
import { commands } from './strings/commands';
import { detail } from './strings/detail';
import { environment } from './strings/environment';
import { importing } from './strings/importing';
import { inspection } from './strings/inspection';
import { discard, problem, words } from './strings/common';
import { profiles } from './strings/profiles';
import { radar } from './strings/radar';
import { rotation } from './strings/rotation';
import { settings } from './strings/settings';
import { shell } from './strings/shell';

export const strings = { ...words, discard, problem, activity, agent, commands, shell, detail, importing, environment, inspection, profiles, radar, rotation, settings };
