(() => {
  const byId = (id) => document.getElementById(id);
  const items = [...document.querySelectorAll('.checks > li')];
  const groups = [...document.querySelectorAll('.group')];
  const selects = [...document.querySelectorAll('#filters select')];
  const all = byId('count').textContent;
  const noun = byId('count').dataset.noun;
  // What stands in two elements is not one word.
  for (const item of items) item.haystack = [...item.querySelectorAll('.chip, .message, .facts > span, dd, p, .panel li')].map((e) => e.textContent).join('\n').toLowerCase();

  const passes = (item, words) =>
    selects.every((s) => !s.value || s.value.split(' ').includes(item.dataset[s.id])) &&
    words.every((w) => item.haystack.includes(w));

  const filter = () => {
    const words = byId('text').value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) item.hidden = !passes(item, words);
    for (const g of groups) g.hidden = !g.querySelector('.checks > li:not([hidden])');
    const shown = items.filter((i) => !i.hidden).length;
    if (shown === items.length) byId('count').textContent = all;
    else if (shown === 0) byId('count').textContent = 'No ' + noun + ' passes the filters, out of ' + items.length + '.';
    else byId('count').textContent = shown + ' of ' + items.length + ' ' + noun + 's.';
  };

  // What a link leads to is shown, whatever the filters say, and open.
  const reveal = (hash) => {
    const target = hash.length > 1 && byId(hash.slice(1));
    if (!target) return;
    if (target.closest('[hidden]')) {
      byId('reset').click(); // the form's own reset is hidden by the button of that name
      filter();
    }
    const item = target.closest('.checks > li');
    if (item) item.querySelector('details').open = true;
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link) reveal(link.hash);
  });
  addEventListener('hashchange', () => reveal(location.hash));
  reveal(location.hash);

  // Keys. What is typed into a control is left to it.
  const go = (by) => {
    const rows = items.filter((i) => !i.hidden).map((i) => i.querySelector('.row'));
    const item = document.activeElement.closest('.checks > li');
    const at = item ? rows.indexOf(item.querySelector('.row')) : by > 0 ? -1 : 0;
    const next = rows[Math.min(Math.max(0, at + by), rows.length - 1)];
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  };
  const close = () => {
    const open = document.activeElement.closest('details[open]');
    if (!open) return;
    open.open = false;
    open.querySelector('summary').focus();
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.closest('input, select');
    if (event.key === 'Escape') {
      if (typing && typing.id === 'text') {
        typing.value = '';
        filter();
        go(1);
      } else if (!typing) close();
      return;
    }
    if (typing) {
      if (typing.id === 'text' && (event.key === 'ArrowDown' || event.key === 'Enter')) {
        event.preventDefault();
        go(1);
      }
      return;
    }
    const move = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === '/') {
      event.preventDefault();
      byId('text').focus();
      byId('text').select();
    } else if (move && (event.key === 'j' || event.key === 'k' || event.target.closest('.checks'))) {
      event.preventDefault();
      go(move);
    }
  });
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('filters').addEventListener('input', filter);
  byId('filters').addEventListener('reset', () => setTimeout(filter));
  addEventListener('beforeprint', () => { for (const d of document.querySelectorAll('details')) d.open = true; });
  byId('filters').hidden = byId('reset').hidden = items.length === 0;
})();
