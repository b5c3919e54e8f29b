import type { Metadata } from "next";
import { requireSession } from "@/lib/session";
import { DeleteAccount } from "./delete";
import { Email } from "./email";
import { Password } from "./password";
import { Profile } from "./profile";
import { Sessions } from "./sessions";

export const metadata: Metadata = { title: "Account" };

export default async function Account() {
  const { session, user } = await requireSession("/account");
  return (
    <>
      <h1>Your account</h1>
      <div className="panels">
        <Profile name={user.name} />
        <Email email={user.email} verified={user.emailVerified} />
        <Password email={user.email} />
        <Sessions current={session.id} />
        <DeleteAccount email={user.email} />
      </div>
    </>
  );
}
