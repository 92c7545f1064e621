import type { ReactNode } from 'react';

/** Line icons on a 16-pixel grid, drawn for this dashboard. They are decoration: the control around them has the name. */
function Icon({ children, size = 16 }: { children: ReactNode; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

export function SearchIcon() {
  return (
    <Icon>
      <circle cx="7" cy="7" r="4.25" />
      <path d="m10.25 10.25 3.25 3.25" />
    </Icon>
  );
}

export function SunIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.05 1.05M11.55 11.55l1.05 1.05M3.4 12.6l1.05-1.05M11.55 4.45l1.05-1.05" />
    </Icon>
  );
}

export function MoonIcon() {
  return (
    <Icon>
      <path d="M13.25 9.5A5.75 5.75 0 0 1 6.5 2.75a5.75 5.75 0 1 0 6.75 6.75Z" />
    </Icon>
  );
}

export function SystemIcon() {
  return (
    <Icon>
      <circle cx="8" cy="8" r="5.75" />
      <path d="M8 2.25v11.5a5.75 5.75 0 0 0 0-11.5Z" fill="currentColor" stroke="none" />
    </Icon>
  );
}

export function KeyboardIcon() {
  return (
    <Icon>
      <rect x="1.5" y="4" width="13" height="8.5" rx="1.5" />
      <path d="M4.25 6.75h.01M6.75 6.75h.01M9.25 6.75h.01M11.75 6.75h.01M5 9.75h6" />
    </Icon>
  );
}

export function ListIcon() {
  return (
    <Icon>
      <path d="M2.5 4h11M2.5 8h11M2.5 12h11" />
    </Icon>
  );
}

export function LatestIcon() {
  return (
    <Icon size={14}>
      <path d="M3 8h7.5M7.5 4.75 10.75 8 7.5 11.25M13.25 4v8" />
    </Icon>
  );
}

export function BackIcon() {
  return (
    <Icon>
      <path d="M9.75 3.75 5.5 8l4.25 4.25" />
    </Icon>
  );
}

export function PencilIcon() {
  return (
    <Icon size={14}>
      <path d="m3 13 .75-3.250 6.500-6.500a1.060 1.060 0 0 1 1.500 0l1 1a1.060 1.060 0 0 1 0 1.500l-6.500 6.500Z" />
    </Icon>
  );
}

export function UpIcon() {
  return (
    <Icon size={14}>
      <path d="M8 13V3.500M4 7.250 8 3.250l4 4" />
    </Icon>
  );
}

export function DownIcon() {
  return (
    <Icon size={14}>
      <path d="M8 3v9.500M4 8.750l4 4 4-4" />
    </Icon>
  );
}

export function CrossIcon() {
  return (
    <Icon size={14}>
      <path d="m4 4 8 8M12 4l-8 8" />
    </Icon>
  );
}

export function PlusIcon() {
  return (
    <Icon size={14}>
      <path d="M8 3v10M3 8h10" />
    </Icon>
  );
}

export function ChevronIcon() {
  return (
    <Icon size={12}>
      <path d="m4 6 4 4 4-4" />
    </Icon>
  );
}

export function EyeIcon() {
  return (
    <Icon size={14}>
      <path d="M1.500 8S4 3.750 8 3.750 14.500 8 14.500 8 12 12.250 8 12.250 1.500 8 1.500 8Z" />
      <circle cx="8" cy="8" r="1.750" />
    </Icon>
  );
}

export function HiddenIcon() {
  return (
    <Icon size={14}>
      <path d="M1.500 8S4 3.750 8 3.750 14.500 8 14.500 8 12 12.250 8 12.250 1.500 8 1.500 8ZM3 13 13 3" />
    </Icon>
  );
}

export function GearIcon() {
  return (
    <Icon size={14}>
      <path d="M2 4.500h6.500M12.500 4.500H14M2 11.500h1.500M7.500 11.500H14" />
      <circle cx="10.500" cy="4.500" r="2" />
      <circle cx="5.500" cy="11.500" r="2" />
    </Icon>
  );
}

/** A line that finds its way through a pane. */
export function IndicatorIcon() {
  return (
    <Icon>
      <path d="M2 2v12h12M4.500 10.500l2.500-4 2.500 2.500L13.500 4" />
    </Icon>
  );
}

/** Panes of a chart. */
export function LayoutIcon() {
  return (
    <Icon>
      <rect x="2" y="2.500" width="12" height="11" rx="1.500" />
      <path d="M2 9.500h12" />
    </Icon>
  );
}

/** A sieve: what is let through. */
export function ScreenerIcon() {
  return (
    <Icon>
      <path d="M2 3h12L9.500 8.500V13l-3-1.500v-3Z" />
    </Icon>
  );
}

/** A dial with its needle. */
export function SignalsIcon() {
  return (
    <Icon>
      <path d="M2 11.500a6 6 0 0 1 12 0M8 11.500l2.750-3.750" />
      <path d="M5.500 14h5" />
    </Icon>
  );
}

export function SortIcon({ order }: { order: 'none' | 'falling' | 'rising' }) {
  return (
    <Icon size={12}>
      {order !== 'falling' && <path d="M5 12V4M2.75 6.25 5 4l2.25 2.25" />}
      {order !== 'rising' && <path d="M11 4v8m-2.25-2.25L11 12l2.25-2.25" />}
    </Icon>
  );
}

/** The product's mark: a candle whose wick burns. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg aria-hidden="true" width={size} height={size} viewBox="0 0 64 64">
      <path
        d="M32 4c5.6 6 9 10.600 9 15.200A9 9 0 0 1 32 28a9 9 0 0 1-9-8.800C23 14.600 26.400 10 32 4Z"
        fill="var(--cw-accent)"
      />
      <path
        d="M32 14.500c2.500 2.900 3.900 4.900 3.900 6.800a3.900 3.900 0 1 1-7.800 0c0-1.900 1.400-3.900 3.900-6.800Z"
        fill="var(--cw-panel)"
      />
      <path d="M32 26v10" stroke="currentColor" strokeWidth="3.500" strokeLinecap="round" />
      <rect x="20" y="34" width="24" height="26" rx="4" fill="currentColor" />
    </svg>
  );
}

/** A flask: what is tried before it is believed. */
export function LabIcon() {
  return (
    <Icon>
      <path d="M6 2h4M6.750 2v4L3 12.250A1.200 1.200 0 0 0 4 14h8a1.200 1.200 0 0 0 1-1.750L9.250 6V2M5 10h6" />
    </Icon>
  );
}
