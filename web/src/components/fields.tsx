import { PasswordInput, type PasswordInputProps, TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';

/** A text field whose fault is tied to it and announced. */
export function TextField(props: TextInputProps) {
  return <TextInput {...props} errorProps={{ role: 'alert' }} />;
}

/** A password's field. What is typed can be shown; password managers find it by `autoComplete`. */
export function PasswordField(
  props: PasswordInputProps & { autoComplete: 'current-password' | 'new-password' },
) {
  const [visible, setVisible] = useState(false);
  return (
    <PasswordInput
      {...props}
      // Mantine says so of other fields by itself.
      aria-invalid={props.error ? true : undefined}
      visible={visible}
      onVisibilityChange={setVisible}
      visibilityToggleButtonProps={{
        'aria-label': visible ? 'Hide the password' : 'Show the password',
        'aria-pressed': visible,
        // Without it the button could not be reached by keyboard.
        tabIndex: 0,
      }}
      errorProps={{ role: 'alert' }}
    />
  );
}
