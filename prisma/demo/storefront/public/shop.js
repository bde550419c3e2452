const main = document.querySelector("main.product");
const form = document.querySelector("#add");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const quantity = Number(new FormData(form).get("quantity"));
  const response = await fetch("/cart/lines", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ productId: Number(main.dataset.id), quantity }),
  });
  const answer = await response.json();
  showNotice(response.ok ? `In the cart: ${answer.lines.length} product(s)` : answer.error);
});

function showNotice(text) {
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.textContent = text;
  main.prepend(notice);
}

/** Reloads the reviews after the visitor has written one. */
async function loadReviews() {
  const list = document.querySelector("#reviews");
  const reviews = await (await fetch(`/reviews/${main.dataset.id}`)).json();
  list.innerHTML = reviews.map((review) => `<article><b>${review.author}</b><p>${review.body}</p></article>`).join("");
}

document.querySelector("#reload-reviews")?.addEventListener("click", loadReviews);
