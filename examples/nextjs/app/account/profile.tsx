"use client";
import { useRouter } from "next/navigation";
import { Field } from "@/components/field";
import { Form } from "@/components/form";
import { Panel } from "@/components/panel";
import { authClient } from "@/lib/auth-client";

export function Profile({ name }: { name: string }) {
  const router = useRouter();
  return (
    <Panel title="Profile">
      <Form
        fields={["name"]}
        send={(values, options) => authClient.updateUser({ name: values.name }, options)}
        done={(values) => {
          router.refresh();
          return `Saved. Hello, ${values.name}.`;
        }}
        submit="Save"
      >
        <Field name="name" defaultValue={name} />
      </Form>
    </Panel>
  );
}
