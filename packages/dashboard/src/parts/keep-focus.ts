/** What was acted on may be gone, and the keyboard with it: then it goes on from the beginning of the screen. */
export function keepFocus(): void {
  // The dialog gives the focus back first, and the list is read again.
  setTimeout(() => {
    if (document.activeElement === null || document.activeElement === document.body) {
      document.getElementById('main')?.focus({ preventScroll: true });
    }
  }, 600);
}
