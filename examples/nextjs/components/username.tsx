/** Tells password managers whose password this form is about. Nobody else needs to see it. */
export function Username({ email }: { email: string }) {
  return <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />;
}
