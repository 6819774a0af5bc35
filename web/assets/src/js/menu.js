// The main navigation folds away on narrow screens; without script it is simply open.

export function foldMenu(root) {
  const button = root.querySelector('[data-menu-toggle]');
  const menu = button && root.getElementById(button.getAttribute('aria-controls'));
  if (!menu) return;

  const show = (isOpen) => {
    button.setAttribute('aria-expanded', String(isOpen));
    menu.toggleAttribute('data-folded', !isOpen);
  };

  button.hidden = false;
  show(false);
  button.addEventListener('click', () => show(button.getAttribute('aria-expanded') !== 'true'));
  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && button.getAttribute('aria-expanded') === 'true') {
      show(false);
      if (menu.contains(root.activeElement)) button.focus();
    }
  });
}
