// Mails that a real mail server took, over TLS and with a password, opened and clicked in Chromium.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { linkOf, Sink } from "../lib/mails.mjs";
import { newEmail, newPassword, secret, secretCookie } from "../lib/secrets.mjs";
import { describeOnServer } from "../lib/setups.mjs";
import { fillIn, send, shown, startApp } from "./app.mjs";
import { assertFits, DESKTOP, launch, PHONE, picture, withoutChromium } from "./chromium.mjs";

const servers = { TLS: process.env.DOORKEY_TEST_SMTP, STARTTLS: process.env.DOORKEY_TEST_SMTP_STARTTLS };
const required = process.env.DOORKEY_REQUIRE_SMTP === "1";

for (const [name, url] of Object.entries(servers)) {
  const skip = withoutChromium || (!url && !required && "no mail server: DOORKEY_TEST_SMTP is not set");
  if (skip) it(`mails by ${name} in Chromium`, { skip });
  else await journey(name, url);
}

async function journey(name, url) {
  const app = await startApp();
  secret(new URL(url).password);
  const env = { FRONTEND_URL: app.origin, MAIL_URL: url, MAIL_FROM: "Example <no-reply@example.com>", SERVICE_NAME: "Example" };

  describeOnServer(`mails by ${name} in Chromium`, (stack) => {
    const sink = new Sink(url);
    const email = newEmail("ida");
    let password = newPassword();
    let chromium;
    let laptop;
    let phone;

    before(async () => {
      app.auth = stack.origin;
      chromium = await launch();
      laptop = await chromium.newContext({ viewport: DESKTOP });
      phone = await chromium.newContext({ viewport: PHONE, colorScheme: "dark", hasTouch: true });
    });
    after(async () => {
      await chromium?.close();
      await app.stop();
    });

    /** A mail in a tab, as a mail program on the web shows it: another site than ours, that loads nothing. */
    async function openMail(context, mail) {
      const tab = await context.newPage();
      const loaded = [];
      tab.on("request", (request) => loaded.push(request.url()));
      await tab.setContent(mail.html, { waitUntil: "load" });
      assert.deepEqual(loaded, [], "nothing is loaded from anywhere");
      await assertFits(tab);
      return tab;
    }

    /** Its button, which is large enough for a thumb and says what the plain link below it says. */
    async function buttonOf(tab, mail) {
      const links = tab.locator("a");
      assert.equal(await links.count(), 2);
      for (const link of await links.all()) assert.equal(await link.getAttribute("href"), linkOf(mail));
      assert.equal(await links.last().textContent(), linkOf(mail));
      const { y, height } = await links.first().boundingBox();
      assert.ok(height >= 44, `${height} points high`);
      assert.ok(y + height < tab.viewportSize().height, "seen without scrolling");
      return links.first();
    }

    async function arrived(subject) {
      const mail = await sink.next(email, subject);
      assert.match(mail.tls, /^TLSv1\.[23]$/);
      assert.equal(mail.user, "doorkey");
      return mail;
    }

    async function noteCookies(context) {
      for (const { value } of await context.cookies()) secretCookie(value);
    }

    it("signs up, opens the mail, clicks, and is verified where it lands", async () => {
      const page = await laptop.newPage();
      const { user } = await send(page, `${app.origin}/sign-up`, { name: "Ida", email, password });
      assert.equal(user.emailVerified, false);
      await noteCookies(laptop);

      const mail = await arrived(/^Confirm your e-mail address/);
      const tab = await openMail(laptop, mail);
      const button = await buttonOf(tab, mail);
      await picture(tab, `mail-${name}-verify-desktop`);
      await button.click();
      await tab.waitForURL(`${app.origin}/welcome`);
      const session = await shown(tab);
      assert.equal(session.user.email, email);
      assert.equal(session.user.emailVerified, true);
    });

    it("forgets the password, taps the link on the phone, and sets another one on the page it lands on", async () => {
      const page = await phone.newPage();
      assert.equal((await send(page, `${app.origin}/forgot`, { email })).status, true);
      const mail = await arrived(/^Choose a new password/);
      const tab = await openMail(phone, mail);
      const button = await buttonOf(tab, mail);
      await picture(tab, `mail-${name}-reset-phone`);
      await button.tap();
      await tab.waitForURL(`${app.origin}/reset?token=*`);

      const old = password;
      password = newPassword();
      assert.deepEqual(await fillIn(tab, { newPassword: password }), { status: true });
      assert.deepEqual(await send(page, `${app.origin}/sign-in`, { email, password: old }), {
        error: "INVALID_EMAIL_OR_PASSWORD",
      });
      assert.equal((await send(page, `${app.origin}/sign-in`, { email, password })).user.emailVerified, true);
      await noteCookies(phone);
    });

    it("is signed out on the laptop by that, and told by mail", async () => {
      const page = await laptop.newPage();
      await page.goto(`${app.origin}/welcome`);
      assert.equal(await shown(page), null);
      const mail = await arrived(/^Your password at Example was changed$/);
      assert.equal(await (await openMail(laptop, mail)).locator("a").count(), 0);
    });

    it("lands on the page with an error by the link that was used", async () => {
      const [mail] = sink.to(email).filter(({ subject }) => /^Choose a new password/.test(subject));
      const tab = await openMail(phone, mail);
      await tab.locator("a").last().tap();
      await tab.waitForURL(`${app.origin}/reset?error=INVALID_TOKEN`);
    });
  }, env);
}
