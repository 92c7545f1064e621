// Draws the contract as a page. Everything is made with DOM calls: no markup of the contract is ever read as HTML.
'use strict';

let contract;

/** An element with attributes and children; a text child stays a text. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function resolve(node) {
  let found = node;
  while (found && found.$ref) {
    const target = found.$ref.slice(2).split('/').reduce((at, part) => at?.[part], contract);
    const { $ref, ...own } = found;
    found = { ...target, ...own, referred: $ref.split('/').pop() };
  }
  return found ?? {};
}

/** Inline Markdown: `code` and **strong**. */
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`') && part.length > 1) return element('code', {}, part.slice(1, -1));
    if (part.startsWith('**') && part.length > 3) return element('strong', {}, part.slice(2, -2));
    return part;
  });
}

function tableOf(lines) {
  const cells = lines.filter((line) => !/^\|[-|\s:]+\|$/.test(line)).map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()));
  const rows = cells.map((row, i) => element('tr', {}, ...row.map((cell) => element(i === 0 ? 'th' : 'td', {}, ...inline(cell)))));
  return element('table', {}, element('tbody', {}, ...rows));
}

/** Blocks of Markdown: headings, lists, tables, indented code, paragraphs. */
function markdown(text) {
  const box = element('div');
  for (const block of (text ?? '').trim().split(/\n{2,}/)) {
    const lines = block.split('\n');
    if (block.startsWith('## ')) box.append(element('h3', {}, block.slice(3)));
    else if (lines.every((line) => /^\s*\|/.test(line))) box.append(tableOf(lines.map((line) => line.trim())));
    else if (lines.every((line) => /^ {4}/.test(line))) box.append(element('pre', {}, element('code', {}, block.replace(/^ {4}/gm, ''))));
    else if (lines[0].startsWith('- ')) {
      const items = block.split(/\n(?=- )/).map((item) => element('li', {}, ...inline(item.slice(2).replace(/\s*\n\s*/g, ' '))));
      box.append(element('ul', {}, ...items));
    } else if (block) box.append(element('p', {}, ...inline(block.replace(/\s*\n\s*/g, ' '))));
  }
  return box;
}

/** What a schema takes, in a few words, with a link where it has a name. */
function typeOf(schema) {
  if (schema?.$ref) {
    const name = schema.$ref.split('/').pop();
    return element('a', { href: `#schema-${name}` }, name);
  }
  const found = schema ?? {};
  if (found.oneOf) return element('span', {}, ...found.oneOf.flatMap((one, i) => (i ? [' or ', typeOf(one)] : [typeOf(one)])));
  if (found.type === 'array' && found.items) return element('span', {}, 'list of ', typeOf(found.items));
  if (found.enum) return element('span', {}, `one of ${found.enum.join(', ')}`);
  if (found.const !== undefined) return element('span', {}, `always ${JSON.stringify(found.const)}`);
  const range = [found.minimum !== undefined ? `from ${found.minimum}` : '', found.maximum !== undefined ? `to ${found.maximum}` : ''].join(' ').trim();
  const words = [[found.type ?? 'any'].flat().join(' or '), range, found.default !== undefined ? `default ${found.default}` : ''];
  return element('span', {}, words.filter(Boolean).join(', '));
}

function propertiesOf(schema) {
  const found = resolve(schema);
  if (!found.properties) return element('p', {}, typeOf(schema?.$ref ? found : schema));
  const rows = Object.entries(found.properties).map(([name, property]) =>
    element('tr', {},
      element('td', {}, element('code', {}, name), found.required?.includes(name) ? '' : ' (optional)'),
      element('td', {}, typeOf(property)),
      element('td', {}, ...inline(resolve(property).description ?? ''))));
  return element('table', {}, element('tbody', {}, element('tr', {}, ...['field', 'is', 'meaning'].map((head) => element('th', {}, head))), ...rows));
}

function parametersOf(operation) {
  const list = (operation.parameters ?? []).map(resolve);
  if (list.length === 0) return null;
  const rows = list.map((parameter) =>
    element('tr', {},
      element('td', {}, element('code', {}, parameter.name), parameter.required ? '' : ' (optional)'),
      element('td', {}, parameter.in),
      element('td', {}, typeOf(parameter.schema)),
      element('td', {}, ...inline(parameter.description ?? ''))));
  return element('div', {}, element('h4', {}, 'Parameters'),
    element('table', {}, element('tbody', {}, element('tr', {}, ...['name', 'in', 'is', 'meaning'].map((head) => element('th', {}, head))), ...rows)));
}

function example(title, value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return element('details', {}, element('summary', {}, title), element('pre', {}, element('code', {}, text)));
}

function responseOf(status, given) {
  const response = resolve(given);
  const box = element('div', {}, element('h4', {}, status), markdown(response.description));
  for (const [type, content] of Object.entries(response.content ?? {})) {
    box.append(element('p', {}, element('code', {}, type), ' ', content.schema ? typeOf(content.schema) : ''));
    if (content.example !== undefined) box.append(example('Example', content.example));
    for (const [name, one] of Object.entries(content.examples ?? {})) box.append(example(`Example: ${one.summary ?? name}`, one.value));
  }
  return box;
}

const WHO = {
  public: 'Anybody.',
  read: 'A signed-in person, or an API key with the scope read.',
  write: 'A signed-in person, or an API key with the scope write.',
  admin: 'An administrator, or an administrator\'s API key with the scope admin.',
  session: 'A signed-in person; no API key.',
  socket: 'By token, API key, ticket or first message: see the WebSocket\'s own contract.',
  operator: 'This machine, who has the metrics token, or an administrator.',
};

function bodyOf(operation) {
  const content = operation.requestBody?.content?.['application/json'];
  if (!content) return null;
  return element('div', {}, element('h4', {}, 'Body'), propertiesOf(content.schema),
    content.example === undefined ? '' : example('Example', content.example));
}

function operationOf(path, method, operation) {
  return element('section', { class: 'operation', id: `operation-${operation.operationId}` },
    element('h3', {}, element('span', { class: 'method' }, method.toUpperCase()), path),
    element('p', {}, element('strong', {}, operation.summary ?? '')),
    element('p', {}, element('em', {}, 'Who may: '), WHO[operation['x-access']] ?? operation['x-access'] ?? ''),
    markdown(operation.description), parametersOf(operation), bodyOf(operation),
    ...Object.entries(operation.responses).map(([status, response]) => responseOf(status, response)));
}

function link(href, text) {
  return element('li', {}, element('a', { href }, text));
}

function draw() {
  const main = document.getElementById('main');
  const contents = document.getElementById('contents');
  document.getElementById('title').textContent = `${contract.info.title} ${contract.info.version}`;
  document.getElementById('summary').textContent = contract.info.summary ?? '';
  main.replaceChildren(markdown(contract.info.description));
  for (const tag of contract.tags) {
    const list = element('ul');
    main.append(element('h2', { id: `tag-${tag.name}` }, tag.name), markdown(tag.description));
    for (const [path, item] of Object.entries(contract.paths)) {
      for (const [method, operation] of Object.entries(item)) {
        if (!operation.tags?.includes(tag.name)) continue;
        main.append(operationOf(path, method, operation));
        list.append(link(`#operation-${operation.operationId}`, `${method.toUpperCase()} ${path}`));
      }
    }
    contents.append(element('strong', {}, tag.name), list);
  }
  main.append(element('h2', { id: 'codes' }, 'Error codes'));
  for (const [code, meaning] of Object.entries(contract['x-problem-codes'] ?? {})) {
    main.append(element('section', { id: `code-${code}` }, element('h3', {}, element('code', {}, code), ` ${meaning.status} ${meaning.title}`), markdown(meaning.meaning)));
  }
  main.append(element('h2', { id: 'schemas' }, 'Schemas'));
  for (const [name, schema] of Object.entries(contract.components.schemas)) {
    main.append(element('section', { id: `schema-${name}` }, element('h3', {}, name), markdown(schema.description), propertiesOf(schema)));
  }
  contents.append(element('ul', {}, link('#codes', 'Error codes'), link('#schemas', 'Schemas')));
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

async function load() {
  try {
    const response = await fetch('/api/openapi.json');
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    contract = await response.json();
    draw();
  } catch (failure) {
    document.getElementById('state').textContent = `The contract could not be loaded (${failure.message}). Reload the page to try again.`;
  }
}

load();
