// What inferAdditionalFields makes of fields of one's own. Compiled, never run: each line that must be refused says so.
import { createAuthClient } from "better-auth/client";
import { inferAdditionalFields } from "better-auth/client/plugins";

const client = createAuthClient({
  plugins: [
    inferAdditionalFields({
      user: {
        company: { type: "string", required: true },
        age: { type: "number", required: false },
        role: { type: "string", defaultValue: "user", input: false },
        since: { type: "date", required: false },
        tags: { type: "string[]", required: false },
        plan: { type: ["free", "pro"], defaultValue: "free" },
        note: { type: "string", required: false, returned: false },
      },
    }),
  ],
});

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

type User = (typeof client.$Infer.Session)["user"];
holds<Same<User["company"], string>>();
holds<Same<User["age"], number | null | undefined>>();
holds<Same<User["role"], string>>();
holds<Same<User["since"], Date | null | undefined>>();
holds<Same<User["tags"], string[] | null | undefined>>();
holds<Same<User["plan"], "free" | "pro">>();
holds<Same<"note" extends keyof User ? true : false, false>>();

const ann = { name: "Ann", email: "ann@example.com", password: "correct-horse-battery" };

export async function compiles() {
  await client.signUp.email({ ...ann, company: "Acme" });
  await client.signUp.email({ ...ann, company: "Acme", age: 5, since: new Date(0), tags: ["a"], plan: "pro", note: "n" });
  // @ts-expect-error: the company is required
  await client.signUp.email(ann);
  // @ts-expect-error: an age is a number
  await client.signUp.email({ ...ann, company: "Acme", age: "5" });
  // @ts-expect-error: not one of the plans
  await client.signUp.email({ ...ann, company: "Acme", plan: "gold" });

  const { data } = await client.getSession();
  holds<Same<NonNullable<typeof data>["user"]["company"], string>>();

  await client.updateUser({ company: "Acme Ltd", age: null });
  // @ts-expect-error: the user may not set the role
  await client.updateUser({ role: "admin" });
}
