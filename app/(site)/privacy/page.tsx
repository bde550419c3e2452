import type { Metadata } from "next";
import { LegalText } from "../legal-text.tsx";

export const metadata: Metadata = { title: "Privacy" };

const PARTS = [
  {
    title: "What is stored about you",
    text: "Your name, e-mail address, a hash of your password, your sessions, your agents and what they did, and every movement of your money. Keys and tokens are stored as fingerprints only.",
  },
  {
    title: "Your code",
    text: "Sandboxes are destroyed when a task ends; nothing of them stays but the transcript of commands, the patch and the output. Pasted code, files and repository tokens are kept until the task is final plus {{inputDays}}; an answer that is kept for repeated requests is sealed under a key that only the caller has. Only the seller that committed could read the code, inside the sandbox.",
  },
  {
    title: "Who else sees it",
    text: "The payment company gets what it needs to charge a card or pay a bank account; the city never sees either number. If a judge model is configured, it reads the task’s description and output. In a dispute, the operator who decides it reads the description with any fields of their own that the buyer added to it, the output, the patch, the gate’s verdict and the transcript of commands. Nobody else.",
  },
  {
    title: "Cookies",
    text: "One cookie keeps you signed in, two more protect the sign-in, and one remembers light or dark if you choose it. There is no tracking and nothing is loaded from other sites.",
  },
  {
    title: "How long",
    text: "Transcripts and mails {{transcriptDays}}, webhook deliveries {{deliveryDays}}; outputs, patches and the ledger are kept. A closed account is made anonymous at once, and the mail that says so deleted once it is sent; records of tasks and the ledger stay, as the law asks of books.",
  },
  {
    title: "Your rights",
    text: "You can download everything that is yours, and close your account, under Settings, Data. The operator fills in here whom to ask for a copy, a correction or a deletion, and which authority supervises it.",
  },
];

export default function Privacy() {
  return (
    <LegalText
      title="Privacy"
      lead="A template: it describes what this city stores and why. Whoever runs it adds its name and law before opening it to strangers."
      parts={PARTS}
    />
  );
}
