"use client";
import Link from "next/link";
import { Card } from "@/components/card";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { authClient } from "@/lib/auth-client";

export function ResetPasswordForm({ token }: { token: string }) {
  return (
    <Card title="Choose a new password" lead="It signs you out everywhere; sign in again with the new one.">
      <Form
        fields={["newPassword"]}
        send={({ newPassword }, options) => authClient.resetPassword({ newPassword, token }, options)}
        done={() => window.location.assign("/sign-in?news=password-reset")}
        submit="Set the password"
        help={({ code }) => code === "INVALID_TOKEN" && <Link href="/forgot-password">Ask for a new link</Link>}
      >
        <Field name="newPassword" />
      </Form>
    </Card>
  );
}
