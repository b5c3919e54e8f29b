// The stock Better Auth client. It needs no address: Doorkey answers below /api/auth of the page's own origin.
import { createAuthClient } from "better-auth/react";

export const authClient = createAuthClient();
