'use strict';
(() => {
  // The scheme: the system's, until the reader chooses.
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  const theme = document.getElementById('theme');
  const stored = () => { try { return localStorage.getItem('lagvet-theme'); } catch { return null; } };
  const apply = () => {
    const chosen = stored() || root.dataset.theme;
    if (chosen) root.dataset.theme = chosen;
    theme.setAttribute('aria-pressed', String((chosen || (system.matches ? 'dark' : 'light')) === 'dark'));
  };
  theme.addEventListener('click', () => {
    root.dataset.theme = theme.getAttribute('aria-pressed') === 'true' ? 'light' : 'dark';
    try { localStorage.setItem('lagvet-theme', root.dataset.theme); } catch { /* not kept, then */ }
    apply();
  });
  system.addEventListener('change', apply);
  apply();
  theme.hidden = false;
})();
