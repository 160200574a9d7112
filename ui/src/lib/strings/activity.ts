/** The record of activity. */
import { count } from '../format';

export const activity = {
  filter: 'Filter the record',
  text: 'Names, error codes, details',
  textLabel: 'Search the record by names, error codes and details',
  deed: 'Action',
  anyDeed: 'All actions',
  environment: 'Environment',
  anyEnvironment: 'All environments',
  outcome: 'Outcome',
  anyOutcome: 'All outcomes',
  outcomes: { done: 'Done', failed: 'Failed' },
  notOnly: (name: string) => `Only ${name}; show everybody`,
  clear: 'Clear filter',
  found: (found: number, shown: number, kept: number, narrowed: boolean) => {
    const all = narrowed ? `${count(found, 'entry', 'entries')} of ${count(kept, 'entry', 'entries')}` : count(found, 'entry', 'entries');
    return shown < found ? `${all}; the newest ${count(shown, 'is', 'are')} shown` : all;
  },
  nothingFound: 'No entry fits',
  nothingFoundHelp: 'The record holds the newest 10,000 entries.',
  export: 'Export…',
  forms: { csv: 'CSV', json: 'JSON' },
  formHints: { csv: 'for spreadsheets', json: 'for programs' },
  saved: (file: string) => `${file} is saved`,
};
