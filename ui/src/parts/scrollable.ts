/** Makes a box reachable by the keyboard while there is more in it than fits, as it scrolls by arrow keys then. */
export function scrollable(box: HTMLElement): (() => void) | undefined {
  if (typeof ResizeObserver === 'undefined') return undefined;
  const look = () => {
    const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
    if (scrolls) box.tabIndex = 0;
    else box.removeAttribute('tabindex');
  };
  const observer = new ResizeObserver(look);
  observer.observe(box);
  for (const content of box.children) observer.observe(content);
  return () => observer.disconnect();
}
