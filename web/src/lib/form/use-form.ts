import { type ChangeEvent, type FormEvent, useEffect, useRef, useState } from 'react';
import { type ApiProblem, toProblem } from '@/lib/api/problem';
import { useSecondsUntil } from '@/lib/form/use-seconds-until';

export type Values = Readonly<Record<string, string>>;
export type Faults<V extends Values> = Partial<Record<keyof V, string>>;

export interface FormOptions<V extends Values> {
  readonly initial: V;
  /** A refusal that the form begins with. */
  readonly refused?: ApiProblem | null;
  /** What is wrong with the values, field by field; asked before anything is sent. */
  readonly check?: (values: V) => Faults<V>;
  /** Which field a refusal is about; null: about the whole. Without it, the field that the problem names. */
  readonly blame?: (problem: ApiProblem) => keyof V | null;
  readonly submit: (values: V) => Promise<void>;
}

/** A form's values, what is wrong with them, and its sending. */
export interface Form<V extends Values> {
  readonly values: V;
  readonly busy: boolean;
  /** Why the last sending failed, where no field is to blame. */
  readonly problem: ApiProblem | null;
  /** Seconds until the server takes another try; 0 when it does now. */
  readonly wait: number;
  /** What an input of this name needs. */
  readonly field: (name: keyof V & string) => {
    readonly name: string;
    readonly value: string;
    readonly error: string | undefined;
    readonly onChange: (event: ChangeEvent<HTMLInputElement | HTMLSelectElement>) => void;
  };
  readonly set: (change: Partial<V>) => void;
  /** What the form element needs. */
  readonly props: {
    readonly ref: React.RefObject<HTMLFormElement | null>;
    readonly noValidate: true;
    readonly onSubmit: (event: FormEvent) => void;
  };
}

/** Holds a form. After a refusal the first field that is wrong has the focus. */
export function useForm<V extends Values>({
  initial,
  refused = null,
  check,
  blame,
  submit,
}: FormOptions<V>): Form<V> {
  const [values, setValues] = useState(initial);
  const [faults, setFaults] = useState<Faults<V>>({});
  const [problem, setProblem] = useState<ApiProblem | null>(refused);
  const [busy, setBusy] = useState(false);
  const [until, setUntil] = useState(0);
  const [refusals, setRefusals] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  const wait = useSecondsUntil(until);

  useEffect(() => {
    if (refusals === 0) return;
    const wrong = form.current?.querySelector<HTMLInputElement>('[aria-invalid="true"]');
    wrong?.focus();
    if (wrong?.type === 'password') wrong.select();
  }, [refusals]);

  const refuse = (wrong: Faults<V>) => {
    setFaults(wrong);
    setRefusals((count) => count + 1);
  };
  const set = (change: Partial<V>) => {
    setValues((known) => ({ ...known, ...change }));
    setFaults((known) => {
      const rest = { ...known };
      for (const name of Object.keys(change)) delete rest[name];
      return rest;
    });
  };
  const named = (failure: ApiProblem): keyof V | null =>
    failure.field !== undefined && failure.field in values ? failure.field : null;

  const send = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await submit(values);
    } catch (error) {
      const failure = toProblem(error);
      if (failure.retryAfterMs !== null) setUntil(Date.now() + failure.retryAfterMs);
      const name = (blame ?? named)(failure);
      if (name === null) setProblem(failure);
      else refuse({ [name]: failure.message } as Faults<V>);
    } finally {
      setBusy(false);
    }
  };

  return {
    values,
    busy,
    problem,
    wait,
    set,
    field: (name) => ({
      name,
      value: values[name] ?? '',
      error: faults[name],
      onChange: (event) => set({ [name]: event.currentTarget.value } as Partial<V>),
    }),
    props: {
      ref: form,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        if (busy || wait > 0) return;
        const wrong = check?.(values) ?? {};
        if (Object.keys(wrong).length > 0) refuse(wrong);
        else void send();
      },
    },
  };
}
