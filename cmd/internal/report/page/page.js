(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId('data').textContent);
  const pageSize = 100; // rows that are made at a time: 10,000 at once take seconds
  const severities = ['high', 'medium', 'low'];
  const tiers = ['proven', 'likely', 'suspected'];

  // make returns an element with text, which is never taken for markup.
  const make = (tag, className, text) => {
    const e = document.createElement(tag);
    if (className) e.className = className;
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const percent = (share) => (share * 100 < 10 ? (share * 100).toFixed(1).replace(/\.0$/, '') : Math.round(share * 100)) + '\u00a0%';
  const plural = (n, noun) => n.toLocaleString('en') + ' ' + noun + (n === 1 ? '' : 's');
  const unique = (values) => [...new Set(values)].sort();
  const where = (at) => (at.file < 0 ? '' : data.files[at.file].path + (at.line ? ':' + at.line : ''));

  for (const f of data.findings) {
    f.where = where(f.at);
    f.haystack = [f.message, f.rule, f.package, f.func, f.where, f.severity, f.tier, f.class, f.mend, f.silenced, f.hot && f.hot.detail, f.evidence && f.evidence.text,
      ...(f.steps || []).map((s) => s.text)].filter(Boolean).join('\n').toLowerCase();
  }

  // Filters: each has its control, its choices, and what it lets through.
  const heats = {
    'hot': (f) => !!f.hot,
    '1 % of CPU or more': (f) => f.hot && f.hot.share >= 0.01,
    '5 % of CPU or more': (f) => f.hot && f.hot.share >= 0.05,
    '20 % of CPU or more': (f) => f.hot && f.hot.share >= 0.2,
    'not known to be hot': (f) => !f.hot,
  };
  const orders = {
    'by urgency': null,
    'by place': (a, b) => compare(path(a), path(b)) || a.at.line - b.at.line,
    'by hotness': (a, b) => b.weight - a.weight,
  };
  const path = (f) => (f.at.file < 0 ? '' : data.files[f.at.file].path);
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const had = (known, of) => known.filter((k) => data.findings.some((f) => of(f) === k));
  const fill = (select, choices, all) => {
    if (all) select.append(new Option(all, ''));
    for (const c of choices) select.append(new Option(c, c));
  };
  const selects = ['status', 'severity', 'rule', 'package', 'tier', 'heat', 'evidence', 'order'].reduce((all, id) => ({ ...all, [id]: byId(id) }), {});
  const counts = data.compares ? 'new' : 'found'; // the status of what fails a run
  fill(selects.status, [counts, ...had(['let pass', 'known', 'silenced'], (f) => f.status)], 'everything');
  fill(selects.severity, had(severities, (f) => f.severity), 'any');
  fill(selects.rule, unique(data.findings.map((f) => f.rule)), 'any');
  fill(selects.package, unique(data.findings.map((f) => f.package)), 'any');
  fill(selects.tier, had(tiers, (f) => f.tier), 'any');
  fill(selects.heat, Object.keys(heats), 'any');
  fill(selects.evidence, had(['confirmed', 'not observed'], (f) => f.evidence && f.evidence.status), 'any');
  fill(selects.order, Object.keys(orders));
  byId('evidence-label').hidden = selects.evidence.options.length === 1;
  selects.status.options[1].defaultSelected = true;

  const passes = (f, words) =>
    (!selects.status.value || f.status === selects.status.value) &&
    (!selects.severity.value || f.severity === selects.severity.value) &&
    (!selects.rule.value || f.rule === selects.rule.value) &&
    (!selects.package.value || f.package === selects.package.value) &&
    (!selects.tier.value || f.tier === selects.tier.value) &&
    (!selects.heat.value || heats[selects.heat.value](f)) &&
    (!selects.evidence.value || (f.evidence && f.evidence.status === selects.evidence.value)) &&
    words.every((w) => f.haystack.includes(w));

  // The list.
  const list = byId('list');
  const more = byId('more');
  let shown = []; // the findings that pass, in order
  let made = 0; // how many of them have a row

  const filter = () => {
    const words = byId('text').value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = data.findings.filter((f) => passes(f, words));
    const order = orders[selects.order.value];
    if (order) shown.sort(order);
    list.replaceChildren();
    made = 0;
    extend(pageSize);
    drawMap();
  };

  const extend = (n) => {
    const rows = document.createDocumentFragment();
    for (const f of shown.slice(made, made + n)) rows.append(row(f));
    list.append(rows);
    made = Math.min(shown.length, made + n);
    more.hidden = made === shown.length;
    more.textContent = 'Show ' + Math.min(pageSize, shown.length - made) + ' more';
    byId('count').textContent = countText();
  };

  const countText = () => {
    const all = data.findings.length;
    const count = data.findings.filter((f) => f.status === counts).length;
    if (count === 0 && selects.status.value === counts) {
      return (data.compares ? 'None is new.' : 'There are none.') + (all ? ' ' + plural(all, 'other') + ' can be seen: choose everything under Show.' : '');
    }
    if (shown.length === 0) return 'No finding passes the filters, out of ' + all.toLocaleString('en') + '.';
    const listed = made < shown.length ? ', of which ' + made.toLocaleString('en') + ' are listed here.' : '.';
    if (shown.length === all) return plural(all, 'finding') + listed;
    return shown.length.toLocaleString('en') + ' of ' + plural(all, 'finding') + listed;
  };

  const facts = (f) => {
    const line = make('span', 'facts');
    const add = (className, text) => text && line.append(make('span', className, text));
    add('at', f.where);
    add('', f.rule + (f.tier === 'suspected' ? ', suspected' : ''));
    if (f.hot) add('', f.hot.share ? percent(f.hot.share) + ' of CPU' : 'hot');
    if (f.evidence) add(f.evidence.status === 'confirmed' ? 'confirmed' : '', f.evidence.status);
    if (f.status !== counts) add('', f.status);
    return line;
  };

  let number = 0;
  const row = (f) => {
    const item = make('li');
    const button = make('button', 'row');
    button.type = 'button';
    button.id = 'finding-' + ++number;
    button.setAttribute('aria-expanded', 'false');
    button.append(make('span', 'chip ' + f.severity, f.severity), make('span', 'message', f.message), facts(f));
    const title = make('h3');
    title.append(button);
    item.append(title);
    button.addEventListener('click', () => toggle(button, f));
    return item;
  };

  const toggle = (button, f) => {
    const open = button.getAttribute('aria-expanded') === 'true';
    button.setAttribute('aria-expanded', String(!open));
    if (open) {
      button.closest('li').querySelector('.panel').remove();
      button.removeAttribute('aria-controls');
      return;
    }
    const details = panel(f);
    details.id = button.id + '-details';
    details.setAttribute('role', 'region');
    details.setAttribute('aria-labelledby', button.id);
    button.setAttribute('aria-controls', details.id);
    button.closest('li').append(details);
    if (f.id) history.replaceState(null, '', '#' + encodeURIComponent(f.id));
  };

  const panel = (f) => {
    const out = make('div', 'panel');
    const rule = data.rules[f.rule] || {};
    const terms = make('dl');
    const term = (name, value) => value && terms.append(make('dt', '', name), make('dd', '', value));
    term('hot', f.hot && f.hot.detail);
    term('measured', f.evidence && f.evidence.text + (f.evidence.status === 'confirmed' ? '' : '. That clears nobody: a profile can miss the moment.'));
    term('function', f.func);
    term('package', f.package);
    term('tier', f.tier);
    term('class', f.class);
    term('silenced', f.silenced);
    out.append(terms);
    if (f.mend) {
      const mend = make('p', 'mend');
      mend.append(make('strong', '', 'mend: '), f.mend);
      out.append(mend);
    }
    const chain = make('ol', 'chain');
    if (f.at.file >= 0) chain.append(step('', '', f.at, 3));
    for (const s of f.steps || []) chain.append(step('step', s.text, s.at, 1));
    out.append(chain);
    const page = make('p', 'muted');
    page.append('Rule ' + f.rule + (rule.title ? ' ' + rule.title : '') + '. ');
    if (rule.url) {
      const link = make('a', '', 'Its page');
      link.href = rule.url;
      link.rel = 'noreferrer';
      page.append(link, '. ');
    }
    page.append('Fingerprint ', make('code', '', f.id));
    out.append(page);
    return out;
  };

  const step = (className, text, at, around) => {
    const item = make('li', className);
    const says = make('span', 'says');
    if (at.file >= 0) {
      const file = data.files[at.file];
      const place = file.link ? make('a', 'at', where(at)) : make('span', 'at', where(at));
      if (file.link) {
        place.href = file.link + (at.line ? '#L' + at.line : '');
        place.rel = 'noreferrer';
      }
      says.append(place, ' ');
    }
    says.append(text);
    item.append(says);
    if (at.file >= 0) item.append(excerpt(at, around));
    return item;
  };

  // excerpt returns the lines around a place, or the reason why there are none.
  const excerpt = (at, around) => {
    const file = data.files[at.file];
    if (file.error) return make('p', 'unread', 'The source is not shown, for the file cannot be read: ' + file.error + '.');
    const lines = file.lines || {};
    if (!at.line) return make('p', 'unread', 'It concerns the whole file.');
    if (!(at.line in lines)) return make('p', 'unread', 'The file has no line ' + at.line + ' any more: it was changed after the check.');
    const source = make('pre', 'source');
    source.tabIndex = 0; // it scrolls sideways
    source.setAttribute('role', 'group');
    source.setAttribute('aria-label', 'Source of ' + where(at));
    for (let n = at.line - around; n <= at.line + around; n++) {
      if (!(n in lines)) continue;
      const line = make('div', n === at.line ? 'here' : '');
      const code = make('span');
      const text = lines[n];
      const from = at.from || 0;
      if (n === at.line && at.to > from) code.append(text.slice(0, from), make('mark', '', text.slice(from, at.to)), text.slice(at.to));
      else code.append(text);
      code.append('\n');
      line.append(make('span', 'n', String(n)), code);
      source.append(line);
    }
    return source;
  };

  // The map of packages: a squarified treemap after Bruls, Huizing and van Wijk
  // (2000). Rows are laid along the shorter side of what is left, and a row ends
  // when one more area would make its worst proportion worse.
  const worst = (row, sum, side, scale) => {
    const thick = (sum * scale) / side;
    return Math.max(...row.map((p) => { const long = (p.weight * scale) / thick; return Math.max(long / thick, thick / long); }));
  };
  const squarify = (packages, width, height) => {
    const total = packages.reduce((sum, p) => sum + p.weight, 0);
    const scale = (width * height) / total;
    let x = 0, y = 0, i = 0;
    while (i < packages.length) {
      const w = width - x, h = height - y, side = Math.min(w, h);
      const row = [packages[i]];
      let sum = packages[i++].weight;
      while (i < packages.length && worst([...row, packages[i]], sum + packages[i].weight, side, scale) <= worst(row, sum, side, scale)) {
        sum += packages[i].weight;
        row.push(packages[i++]);
      }
      const thick = (sum * scale) / side;
      let along = 0;
      for (const p of row) {
        const long = (p.weight * scale) / thick;
        Object.assign(p, w >= h ? { x, y: y + along, w: thick, h: long } : { x: x + along, y, w: long, h: thick });
        along += long;
      }
      if (w >= h) x += thick; else y += thick;
    }
  };

  const packagesOf = (findings) => {
    const all = new Map();
    for (const f of findings) {
      const p = all.get(f.package) || { name: f.package, weight: 0, count: 0, severity: 'low' };
      p.weight += f.weight;
      p.count++;
      if (severities.indexOf(f.severity) >= 0 && severities.indexOf(f.severity) < severities.indexOf(p.severity)) p.severity = f.severity;
      all.set(f.package, p);
    }
    return [...all.values()].sort((a, b) => b.weight - a.weight || compare(a.name, b.name));
  };

  // common returns what all names begin with, up to a slash.
  const common = (names) => {
    let prefix = names.length > 1 ? names[0] : '';
    for (const n of names) while (!n.startsWith(prefix)) prefix = prefix.slice(0, prefix.lastIndexOf('/', prefix.length - 2) + 1);
    return prefix.slice(0, prefix.lastIndexOf('/') + 1);
  };

  const map = byId('treemap');
  const choose = (name) => {
    selects.package.value = selects.package.value === name ? '' : name;
    filter();
    byId('findings').focus();
  };
  const drawMap = () => {
    const packages = packagesOf(shown);
    const total = packages.reduce((sum, p) => sum + p.weight, 0);
    const prefix = common(packages.map((p) => p.name));
    map.replaceChildren();
    byId('overview').hidden = packages.length === 0;
    map.classList.toggle('few', packages.length < 4);
    if (map.clientWidth > 0 && total > 0) squarify(packages, map.clientWidth, map.clientHeight);
    packages.forEach((p, i) => {
      const cell = make('button', p.severity);
      cell.type = 'button';
      cell.tabIndex = i === 0 ? 0 : -1; // arrows go from one to the next
      const share = percent(p.weight / total);
      cell.setAttribute('aria-label', p.name + ': ' + plural(p.count, 'finding') + ', ' + share + ' of the weight, worst ' + p.severity);
      cell.title = p.name + '\n' + plural(p.count, 'finding') + ', ' + share + ' of the weight';
      cell.dataset.weight = p.weight;
      const part = (length, whole) => (100 * length) / whole + '%'; // which fits paper too
      Object.assign(cell.style, {
        left: part(p.x, map.clientWidth), top: part(p.y, map.clientHeight),
        width: part(p.w, map.clientWidth), height: part(p.h, map.clientHeight),
      });
      if (p.w < 40 || p.h < 26) cell.classList.add('tiny');
      cell.append(make('span', 'name', p.name.slice(prefix.length) || p.name), make('span', '', plural(p.count, 'finding')));
      cell.addEventListener('click', () => choose(p.name));
      map.append(cell);
    });
    drawTable(packages, total);
  };
  const drawTable = (packages, total) => {
    byId('packages').querySelector('tbody').replaceChildren(...packages.map((p) => {
      const line = make('tr');
      const name = make('th');
      name.scope = 'row';
      const link = make('button', 'link', p.name);
      link.type = 'button';
      link.addEventListener('click', () => choose(p.name));
      name.append(link);
      const worst = make('td');
      worst.append(make('span', 'chip ' + p.severity, p.severity));
      line.append(name, make('td', 'number', p.count.toLocaleString('en')), make('td', 'number', percent(p.weight / total)), worst);
      return line;
    }));
  };
  map.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const cells = [...map.children];
    const next = cells[cells.indexOf(document.activeElement) + step];
    if (!step || !next) return;
    event.preventDefault();
    event.stopPropagation();
    document.activeElement.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  const view = byId('view');
  view.addEventListener('click', () => {
    const table = view.getAttribute('aria-pressed') !== 'true';
    view.setAttribute('aria-pressed', String(table));
    byId('packages').hidden = !table;
    map.hidden = table;
    document.querySelector('.legend').hidden = table;
    if (!table) drawMap();
  });

  // Keys. What is typed into a control is left to it.
  const rows = () => [...list.querySelectorAll('.row')];
  const go = (by) => {
    const all = rows();
    const item = document.activeElement.closest('#list > li');
    const at = item ? [...list.children].indexOf(item) : by > 0 ? -1 : 0;
    if (at + by >= all.length && made < shown.length) {
      extend(pageSize);
      return go(by);
    }
    const next = all[Math.min(Math.max(0, at + by), all.length - 1)];
    if (next) {
      next.focus({ preventScroll: true });
      next.scrollIntoView({ block: 'nearest' });
    }
  };
  const close = () => {
    const item = document.activeElement.closest('#list > li');
    const button = item && item.querySelector('.row[aria-expanded="true"]');
    if (!button) return;
    button.click();
    button.focus();
  };
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const typing = event.target.closest('input, select, textarea');
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
        refilter.now();
        go(1);
      }
      return;
    }
    const scrolls = event.target.closest('.source, .scroll');
    const move = { j: 1, k: -1, ArrowDown: scrolls ? 0 : 1, ArrowUp: scrolls ? 0 : -1 }[event.key];
    if (event.key === '/') {
      event.preventDefault();
      byId('text').focus();
      byId('text').select();
    } else if (move && (event.key === 'j' || event.key === 'k' || event.target.closest('#list'))) {
      event.preventDefault();
      go(move);
    }
  });

  // refilter filters when typing pauses.
  const refilter = (() => {
    let timer = 0;
    const later = () => { clearTimeout(timer); timer = setTimeout(now, 80); };
    const now = () => { if (timer) { clearTimeout(timer); timer = 0; filter(); } };
    return { later, now };
  })();
  byId('filters').addEventListener('submit', (event) => event.preventDefault());
  byId('filters').addEventListener('input', (event) => (event.target.id === 'text' ? refilter.later() : filter()));
  byId('filters').addEventListener('reset', () => setTimeout(filter));
  more.addEventListener('click', () => {
    const first = made;
    extend(pageSize);
    rows()[first].focus();
  });
  addEventListener('beforeprint', () => extend(shown.length));
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth !== width) drawMap();
    width = innerWidth;
  });

  // A link to a finding opens it, wherever it is listed.
  const openLinked = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const f = id && data.findings.find((f) => f.id === id);
    if (!f) return;
    if (!shown.includes(f)) {
      byId('text').value = '';
      for (const [id, select] of Object.entries(selects)) if (id !== 'order') select.value = '';
      filter();
    }
    const at = shown.indexOf(f);
    if (at >= made) extend(at + 1 - made);
    const button = rows()[at];
    if (button.getAttribute('aria-expanded') === 'false') toggle(button, f);
    button.focus();
  };

  byId('reset').hidden = byId('filters').hidden = data.findings.length === 0;
  filter();
  openLinked();
  addEventListener('hashchange', openLinked);
})();
