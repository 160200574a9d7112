/** The review sheet. */
export const importing = {
  title: 'Review key files',
};
