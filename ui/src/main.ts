import { mount } from "svelte";
import { backend } from "#backend";
import App from "./App.svelte";
import "./app.css";

const target = document.getElementById("app");
if (target) mount(App, { target, props: { backend } });
