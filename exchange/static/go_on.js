// A form with data-go-on is sent as soon as its page is there. Without scripts its button does it.
"use strict";

document.querySelector("form[data-go-on]")?.requestSubmit();
