/** Claims, userinfo and the Inspector. */
export const inspection = {
  title: 'Inspector',
};
