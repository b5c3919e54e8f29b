"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Field } from "@/components/field";
import { Alert, Status, Submit } from "@/components/form-parts";
import { Panel } from "@/components/panel";
import { authClient } from "@/lib/auth-client";
import { useForm } from "@/lib/use-form";

export function Profile({ name }: { name: string }) {
  const router = useRouter();
  const [saved, setSaved] = useState<string>();
  const form = useForm({
    fields: ["name"],
    send: (values, options) => authClient.updateUser({ name: values.name }, options),
    done: (values) => {
      setSaved(values.name);
      router.refresh();
    },
  });
  return (
    <Panel title="Profile">
      <form {...form.props}>
        <Alert problem={form.problem} />
        <Status>{saved && `Saved. Hello, ${saved}.`}</Status>
        <Field name="name" label="Name" autoComplete="name" defaultValue={name} error={form.errorOf("name")} />
        <Submit {...form}>Save</Submit>
      </form>
    </Panel>
  );
}
