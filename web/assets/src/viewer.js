// Shows a process diagram read-only and marks where a ticket stands.
//
// <div data-diagram="/address/of.bpmn">          parts/diagram.html writes this container
//   <script type="application/json" data-marks>   {"done": [ids], "current": [ids], "cancelled": [ids], "failed": [ids], "counts": {id: number}}
//
// The page tells the same in words, so everything here may fail without loss.

import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

const KINDS = ['done', 'current', 'cancelled', 'failed']; // a later kind wins where an element has several
const ZOOM_STEP = 1.25;
const ZOOM_LIMITS = [0.2, 4];
const FIT_LIMIT = 1.2; // a small diagram is not blown up
const SCROLL_STEP = 50; // pixels
const WAYS = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const ICONS = {
  done: 'M5 12l5 5 9-10',
  current: 'M9 6l7 6-7 6',
  cancelled: 'M6 6l12 12M18 6L6 18',
  failed: 'M12 4v11M12 19v1',
};

// A drawing is fetched when it first comes into sight: inside a closed <details> it has no size to fit into.
const sight = new IntersectionObserver((changes) => {
  for (const { isIntersecting, target } of changes) {
    if (!isIntersecting) continue;
    sight.unobserve(target);
    show(target).catch((error) => fail(target, error));
  }
}, { rootMargin: '300px' });

for (const figure of document.querySelectorAll('[data-diagram]')) sight.observe(figure);

function fail(figure, error) {
  console.error(error);
  state(figure).textContent = figure.dataset.failed;
  state(figure).hidden = false;
}

async function show(figure) {
  const answer = await fetch(figure.dataset.diagram, { credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`The diagram was answered with ${answer.status}.`);

  const viewer = new NavigatedViewer({
    container: figure.querySelector('[data-sheet]'),
    zoomScroll: { enabled: false }, // the wheel scrolls the page
  });
  await viewer.importXML(await answer.text());

  mark(viewer, marks(figure));
  fit(viewer);
  tools(figure, viewer);
  reach(figure, viewer);
  state(figure).hidden = true;
  figure.dataset.ready = '';
}

const state = (figure) => figure.querySelector('[data-state]');

function marks(figure) {
  const script = figure.querySelector('script[data-marks]');
  return script ? JSON.parse(script.textContent) : {};
}

function mark(viewer, { counts = {}, ...ids }) {
  const canvas = viewer.get('canvas');
  const elements = viewer.get('elementRegistry');

  const kinds = new Map();
  for (const kind of KINDS) for (const id of ids[kind] ?? []) kinds.set(id, kind);
  for (const id of Object.keys(counts)) if (!kinds.has(id)) kinds.set(id, 'current');

  for (const [id, kind] of kinds) {
    const element = elements.get(id);
    if (!element) continue;
    canvas.addMarker(id, `is-${kind}`);
    if (!element.waypoints) badge(viewer, id, kind, counts[id]);
  }
}

// Colour alone tells nothing to many people: every mark also has a sign or a number.
function badge(viewer, id, kind, count) {
  const html = document.createElement('span');
  html.className = `diagram__badge diagram__badge--${kind}`;
  if (count === undefined) html.append(icon(ICONS[kind]));
  else html.textContent = String(count);
  viewer.get('overlays').add(id, { position: { top: -12, right: 12 }, html, show: { minZoom: 0.3 } });
}

function icon(path) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

function fit(viewer) {
  const canvas = viewer.get('canvas');
  canvas.zoom('fit-viewport', 'auto');
  if (canvas.zoom() > FIT_LIMIT) canvas.zoom(FIT_LIMIT, 'auto');
}

function tools(figure, viewer) {
  const canvas = viewer.get('canvas');
  const zoom = (factor) => {
    const wanted = canvas.zoom() * factor;
    canvas.zoom(Math.min(Math.max(wanted, ZOOM_LIMITS[0]), ZOOM_LIMITS[1]), 'auto');
  };
  const doings = { in: () => zoom(ZOOM_STEP), out: () => zoom(1 / ZOOM_STEP), fit: () => fit(viewer) };

  for (const button of figure.querySelectorAll('button[data-zoom]')) {
    button.addEventListener('click', doings[button.dataset.zoom]);
  }
  figure.querySelector('[data-tools]').hidden = false;
  new ResizeObserver(() => canvas.resized()).observe(figure.querySelector('[data-sheet]'));
}

// The drawing can be reached by keyboard, so it has a name, and the arrow keys move it.
function reach(figure, viewer) {
  const canvas = viewer.get('canvas');
  const svg = canvas.getContainer().querySelector('svg[tabindex]');
  svg.setAttribute('role', 'application');
  svg.setAttribute('aria-label', figure.dataset.label);
  svg.addEventListener('keydown', (event) => {
    const way = event.ctrlKey || event.metaKey || event.altKey ? undefined : WAYS[event.key];
    if (!way) return;
    canvas.scroll({ dx: way[0] * SCROLL_STEP, dy: way[1] * SCROLL_STEP });
    event.preventDefault();
  });
}
