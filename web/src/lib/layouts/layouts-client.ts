import { z } from 'zod';
import { requestJson, sendRequest } from '@/lib/api/request';
import { type ChartLayout, readDocument, writeDocument } from '@/lib/layouts/chart-layout';

/** A layout that the server keeps. */
export interface SavedLayout {
  readonly name: string;
  readonly layout: ChartLayout;
  /** The chart opens with it. */
  readonly opens: boolean;
}

const layoutListSchema = z.object({
  layouts: z.array(z.object({ name: z.string(), document: z.unknown() })),
});

export async function fetchLayouts(signal?: AbortSignal): Promise<readonly SavedLayout[]> {
  const { layouts } = await requestJson('/api/me/layouts', layoutListSchema, { signal });
  return layouts.map(({ name, document }) => ({ name, ...readDocument(document) }));
}

const pathOf = (name: string) => `/api/me/layouts/${encodeURIComponent(name)}`;

export async function saveLayout({ name, layout, opens }: SavedLayout): Promise<void> {
  await sendRequest(pathOf(name), { method: 'PUT', body: { document: writeDocument(layout, opens) } });
}

export async function deleteLayout(name: string): Promise<void> {
  await sendRequest(pathOf(name), { method: 'DELETE' });
}
