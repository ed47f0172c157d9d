# The public answer is good, brand care refuses, the customer comes back.
now 2026-11-02T09:00:00Z
as malo
run new --source forum-bricolage --author Lea_75 --url https://forum.example.org/t/4001 --text "Votre soirée Lumen a été annulée sans prévenir, je demande le remboursement de ma lampe, aucune réponse."
state open
now 2026-11-02T10:00:00Z
as ines
run reply CASE --url https://forum.example.org/t/4001#p2 --template first-contact-fr
state acknowledged
run hand-off CASE --recipient "SAV Maison Lumen" --reference SAV-40 --asks "le remboursement" --consent not-needed
state handed-off
now 2026-11-04T09:00:00Z
run wrote CASE --channel public --url https://forum.example.org/t/4001#p3
# Nobody speaks without knowing what brand care said.
run reply CASE --url https://forum.example.org/t/4001#p4
told brand care's answer is not on file
now 2026-11-05T09:00:00Z
as odile
run answer CASE --outcome refused --decision "Billet non remboursable, avoir possible." --recourse "médiateur"
state answered
as ines
run resolve CASE --outcome refused --reason "Conditions de vente." --recourse "médiateur" --channel public --url https://forum.example.org/t/4001#p5
state resolved
now 2026-11-06T09:00:00Z
run contest CASE --channel public --url https://forum.example.org/t/4001#p6
state acknowledged
# She refuses nothing alone, but brand care's refusal still stands above.
run hand-off CASE --recipient "SAV Maison Lumen" --reference SAV-40 --asks "un geste" --consent not-needed --reason "la cliente revient"
now 2026-11-09T09:00:00Z
as odile
run answer CASE --outcome partial --decision "Avoir de 40 EUR." --remedy "un geste : avoir" --amount 40 --currency EUR
as ines
run resolve CASE --outcome partial --reason "Geste de la marque." --remedy "un geste : avoir" --amount 40 --currency EUR --channel public --url https://forum.example.org/t/4001#p7
now 2026-11-10T09:00:00Z
run close CASE --url https://forum.example.org/t/4001#p7 --survey https://enquete.example.org/1 --root-cause "annulation annoncée trop tard"
state closed
