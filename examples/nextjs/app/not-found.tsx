import Link from "next/link";
import { Card } from "@/components/card";

export default function NotFound() {
  return (
    <Card title="There is nothing here" lead="The address may be mistyped, or the page is gone.">
      <Link href="/" className="button">
        Go to the start
      </Link>
    </Card>
  );
}
