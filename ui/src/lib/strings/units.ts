/** Units of measured and remaining time. A leaf, as the formatting functions of all other strings need it. */
export const units = {
  seconds: (n: string) => `${n} s`,
  milliseconds: (n: string) => `${n} ms`,
  minutes: (n: string) => `${n} min`,
  hours: (n: string) => `${n} h`,
  days: (written: string, n: number) => `${written} ${n === 1 ? 'day' : 'days'}`,
  years: (n: string) => `${n} years`,
  now: 'now',
  ago: (span: string) => `${span} ago`,
  ahead: (span: string) => `in ${span}`,
  utc: (moment: string) => `${moment} UTC`,
};
