// The hosts of the deployment that the tests make up, as Vercel gives them. scripts/nextjs makes a certificate for them.

/** A domain of the project's own. */
export const PRODUCTION = "parrot.example.com";
/** This one deployment. */
export const DEPLOYMENT = "parrot-4f9a2c-flock.vercel.app";
/** The newest deployment of a branch. */
export const BRANCH = "parrot-git-beak-flock.vercel.app";

export const HOSTS = [PRODUCTION, DEPLOYMENT, BRANCH];
/** Where the stand-in of Vercel's edge listens. */
export const EDGE_PORT = Number(process.env.NEXTJS_EDGE_PORT);
