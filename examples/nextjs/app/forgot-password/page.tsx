import type { Metadata } from "next";
import { ForgotPasswordForm } from "./form";

export const metadata: Metadata = { title: "Forgotten password" };

export default function ForgotPassword() {
  return <ForgotPasswordForm />;
}
