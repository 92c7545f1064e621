import styles from './choice.module.css';

/** One of a few short words, as a row of buttons. */
export function Choice<T extends string>({
  label,
  values,
  value,
  about,
  onChange,
}: {
  label: string;
  values: readonly T[];
  value: T;
  /** What a word means in full. */
  about: (value: T) => string;
  onChange: (value: T) => void;
}) {
  return (
    <fieldset className={styles.choice}>
      <legend>{label}</legend>
      {values.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={one === value}
          title={about(one)}
          onClick={() => onChange(one)}
        >
          {one}
        </button>
      ))}
    </fieldset>
  );
}
