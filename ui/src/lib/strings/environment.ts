/** The environment editor. */
export const environment = {
  addTitle: 'Add environment',
  editTitle: (name: string) => `Edit ${name}`,
};
