/** Units of measured and remaining time. A leaf, as the formatting functions of all other strings need it. */
export const units = {
  seconds: (n: string) => `${n} s`,
  milliseconds: (n: string) => `${n} ms`,
  minutes: (n: string) => `${n} min`,
  hours: (n: string) => `${n} h`,
  days: (n: string) => `${n} days`,
  years: (n: string) => `${n} years`,
  utc: (moment: string) => `${moment} UTC`,
};
