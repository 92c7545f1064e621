import type { EditorView, Rect } from '@codemirror/view';

/** As the theme has it. */
const INFO_WIDTH = 215;
const GAP = 4;

/** The room that the editor's lists have: a dialog cuts off what goes over its edge. */
export function roomOf(view: EditorView): Rect {
  const { clientWidth, clientHeight } = document.documentElement;
  const root = view.dom.getRootNode();
  const dialog = root instanceof ShadowRoot ? root.host.closest('[role="dialog"]') : null;
  const edge = dialog?.getBoundingClientRect();
  return {
    top: Math.max(0, edge?.top ?? 0),
    left: Math.max(0, edge?.left ?? 0),
    right: Math.min(clientWidth, edge?.right ?? clientWidth),
    bottom: Math.min(clientHeight, edge?.bottom ?? clientHeight),
  };
}

/** Puts what is said of a completion beside the list, else below or above it; never over it, nor where it would be cut off. */
export function placeInfo(
  _view: EditorView,
  list: Rect,
  option: Rect,
  info: Rect,
  room: Rect,
): { style?: string; class?: string } {
  const height = info.bottom - info.top;
  const width = Math.max(INFO_WIDTH, info.right - info.left);
  const top = Math.max(room.top, Math.min(option.top, room.bottom - height)) - list.top;
  if (room.right - list.right >= width + GAP)
    return { class: 'cm-completionInfo-right', style: `top: ${top}px` };
  if (list.left - room.left >= width + GAP)
    return { class: 'cm-completionInfo-left', style: `top: ${top}px` };
  const wide = `left: 0; max-width: ${Math.floor(room.right - list.left - 2 * GAP)}px`;
  if (room.bottom - list.bottom >= height + GAP)
    return { style: `top: ${list.bottom - list.top}px; ${wide}` };
  if (list.top - room.top >= height + GAP) return { style: `bottom: ${list.bottom - list.top}px; ${wide}` };
  return { style: 'display: none' };
}
